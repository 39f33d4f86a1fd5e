"""What makes a site look like itself: colour, icon and logo, each kept for ever under its hash."""

import hashlib
from html import escape

from babel import Locale
from flask import Blueprint, abort, redirect
from werkzeug.wrappers import Response

from newsite.site import queries
from newsite.text import initial
from newsite.web import pagecache
from newsite.web.context import current_site
from newsite.web.templating import own_path

HASH_CHARS = 12  # 48 bits: enough to tell one site's versions apart
IMMUTABLE = "public, max-age=31536000, immutable"  # another content has another address

bp = Blueprint("theme", __name__)


@bp.get(f"/theme-<string(length={HASH_CHARS}):digest>.css")
@pagecache.public()
def stylesheet(digest: str) -> Response:
    """The site's colour for site.css and desk.css, which derive from it what may be shown.

    A page that somebody kept may ask for the colour of before: it is given today's.
    """
    if digest != _digest(_css()):
        return redirect(theme_url())
    return _kept(_css(), "text/css")


@bp.get(f"/favicon-<string(length={HASH_CHARS}):digest>.svg")
@pagecache.public()
def favicon(digest: str) -> Response:
    """The site's icon: its initial on its colour."""
    if digest != _digest(_icon()):
        return redirect(favicon_url())
    return _kept(_icon(), "image/svg+xml")


@bp.get("/favicon.ico")
@pagecache.without_database  # the site is in memory
def old_favicon() -> Response:
    """Where programs look that read no page; the icon itself has its own address."""
    return redirect(favicon_url())


@bp.get("/media/logo-<string(length=64):sha256>.png")
@pagecache.public()
def logo(sha256: str) -> Response:
    """A logo by the hash of its bytes; pages that were kept may still show one of before."""
    found = queries.logo(sha256)
    if found is None:
        abort(404)
    return _kept(found.content, "image/png")


@bp.app_template_global()
def theme_url() -> str:
    """The address of the site's colour as it is now."""
    return own_path("theme.stylesheet", digest=_digest(_css()))


@bp.app_template_global()
def favicon_url() -> str:
    """The address of the site's icon as it is now."""
    return own_path("theme.favicon", digest=_digest(_icon()))


@bp.app_template_global()
def logo_url() -> str | None:
    """The address of the site's logo, or None if its name stands in the masthead."""
    site_logo = current_site().logo
    return own_path("theme.logo", sha256=site_logo.sha256) if site_logo else None


@bp.app_template_global()
def direction() -> str:
    """The direction in which the site's language is written: "ltr" or "rtl"."""
    return str(Locale.parse(current_site().language, sep="-").text_direction)


def letter_on(accent: str) -> str:
    """Black or white, whichever is read better on `accent`, "#c3122f": at least 4.58 to 1."""
    # WCAG 2's relative luminance; black and white are equally far from 0.179.
    parts = (int(accent[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return "#000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#fff"


def _css() -> str:
    return f":root{{--accent:{current_site().accent}}}\n"


def _icon() -> str:
    site = current_site()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" fill="{site.accent}"/>'
        f'<text x="16" y="25" fill="{letter_on(site.accent)}" text-anchor="middle" '
        'font-weight="700" font-size="27" font-family="Times New Roman,Times,Noto Serif,serif">'
        f"{escape(initial(site.name))}</text></svg>\n"
    )


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:HASH_CHARS]


def _kept(content: str | bytes, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = IMMUTABLE
    return response
