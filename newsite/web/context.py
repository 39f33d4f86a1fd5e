"""What a request needs to know: the settings, the time, the site."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask, current_app, g
from werkzeug.routing import IntegerConverter, UnicodeConverter

from newsite.articles import paths
from newsite.config import Settings
from newsite.db import MAX_ID
from newsite.site import queries as sites
from newsite.site.models import Site

_UNREAD = object()


class IdConverter(IntegerConverter):
    """The id of a row in an address; any other number is no address of ours."""

    regex = "[0-9]+"  # not the digits of every script

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, min=1, max=MAX_ID)


class SlugConverter(UnicodeConverter):
    """A slug in an address, in small letters whatever letters were typed."""

    def to_python(self, value: str) -> str:
        """The slug as it is stored."""
        return value.lower()


def init_app(app: Flask, settings: Settings) -> None:
    """Gives the app its settings and its clock."""
    app.extensions["newsite.settings"] = settings
    app.config.setdefault("NEWSITE_CLOCK", lambda: datetime.now(UTC))
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["slug"] = SlugConverter


def settings() -> Settings:
    """The current app's settings."""
    return cast(Settings, current_app.extensions["newsite.settings"])


def now() -> datetime:
    """The time of this request, in UTC: asked once, so that a page agrees with itself."""
    found: datetime | None = g.get("now")  # asked some ten times for a page: `g` is looked up once
    if found is None:
        clock: Callable[[], datetime] = current_app.config["NEWSITE_CLOCK"]
        found = g.now = clock()
    return found


def current_site() -> Site:
    """The site, read once a request. Raises SiteMissing if nobody founded it."""
    found = g.get("site", _UNREAD)  # None is an error page's, which must not ask for it
    if found is _UNREAD:
        found = g.site = sites.the_site()
    return cast(Site, found)


def reserved() -> paths.Reserved:
    """The addresses that no article may take, because the site's own pages are there."""
    rules = (rule.rule for rule in current_app.url_map.iter_rules())
    return paths.reserve(rules)
