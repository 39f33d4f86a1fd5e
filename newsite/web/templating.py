"""What every template may call: the site, dates, bylines, addresses, interface texts."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, url_for
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, get_domain

from newsite.articles import bylines, dates, keys, paths
from newsite.articles.models import Precision
from newsite.articles.printed import Text
from newsite.media import printing
from newsite.web import pagecache
from newsite.web.context import current_site, settings

FALLBACK_LANGUAGE = "en-GB"  # where there is no site to ask: the error page of last resort


def init_app(app: Flask) -> None:
    """Gives the app's templates their globals and filters, and gettext its language."""
    Babel(app, locale_selector=_locale, timezone_selector=None)
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.ensure_ascii = (
        False  # a page says the same words to people and to programs: it packs better
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "date": date_text,
        "date_time": date_time_text,
        "iso": iso_text,
    }
    app.jinja_env.globals |= {
        "article_url": article_url,
        "byline": bylines.parts,
        "byline_text": bylines.text,
        "originally": originally_text,
        "first_published": lambda article: dates.first_published(article, current_site().zone),
        "_": said,
        "url_for": own_path,
        "ngettext": said_of_many,
        "reply_count": reply_count,
        "absolute": absolute,
        "picture_image": printing.image,
        "picture_figure": printing.figure,
        "picture_address": printing.address,
        "picture_small": printing.small,
        "picture_for_programs": printing.for_programs,
    }
    app.context_processor(_site)


def said(message: str, **variables: object) -> str:
    """A text of the interface in the site's language: gettext, but the language is looked up once a request."""
    text: str = _words().ugettext(message)
    return text % variables if variables else text


def said_of_many(one: str, many: str, num: int, **variables: object) -> str:
    """The text for so many things, ngettext; the number is `num` in it."""
    text: str = _words().ungettext(one, many, num)
    return text % ({"num": num} | variables)


def own_path(endpoint: str, **values: Any) -> str:
    """url_for, remembered: a page has fifteen addresses, most of which stand on every page."""
    if endpoint.startswith("."):  # it hangs on the page's own blueprint
        return url_for(endpoint, **values)
    return _remembered_path(request.script_root if request else "", endpoint, **values)


def article_url(article: Text) -> str:
    """An article's own address on this site."""
    assert article.path is not None
    return paths.encoded(article.path)


def reply_count(article: Text) -> int:
    """How many replies an article has; a page that says so changes with them."""
    pagecache.collect(keys.article(article.id))
    return article.reply_count


def absolute(path: str) -> str:
    """A path of this site as a whole address."""
    return settings().site_url + path


def date_text(value: date | datetime, precision: Precision = Precision.day) -> str:
    """A date in the site's zone and language: "26 January 2023"."""
    site = current_site()
    return dates.day(value, site.zone, site.language, precision)


def date_time_text(value: datetime) -> str:
    """An instant in the site's zone and language: "27 January 2023, 8.51am"."""
    site = current_site()
    return dates.day_and_time(value, site.zone, site.language)


def iso_text(value: datetime) -> str:
    """An instant for machines, in the site's zone."""
    return dates.iso(value, current_site().zone)


def originally_text(article: Text) -> str | None:
    """What follows "Originally published" on this article, or None."""
    site = current_site()
    return dates.originally(article, site.zone, site.language)


@lru_cache(maxsize=1_000)
def _remembered_path(root: str, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


def _words() -> Any:
    found = g.get("words")
    if found is None:
        found = g.words = get_domain().get_translations()
    return found


def _site() -> dict[str, Any]:
    return {"site": current_site()} if request else {}


def _locale() -> str:
    return (
        current_site().language.replace("-", "_")
        if request
        else FALLBACK_LANGUAGE.replace("-", "_")
    )
