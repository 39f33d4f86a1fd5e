"""How a rendering begins: what it can see is read first, on the connection that everything else is read from."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import NotFound, ServiceUnavailable

from newsite import changes
from newsite.articles import keeping
from newsite.changes import Change, ChangeCounter
from newsite.db import UTCDateTime, connection, db
from newsite.site import queries as sites
from newsite.site.models import Site
from newsite.web.context import now
from newsite.web.pagecache import keys
from newsite.web.pagecache.keys import Rendering
from newsite.web.pagecache.public import needs_database
from newsite.web.pagecache.store import Store

KEY = "newsite.kept_site"
AWAY = "newsite.database_is_away"  # in the environment of a request that need not ask it


class _Kept(NamedTuple):
    epoch: str
    number: int  # of the last change that its reading could see
    site: Site


class KeptSite:
    """The site's row, kept in memory under its key as pages are, so that no page has to read it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clear()

    def clear(self) -> None:
        """Forgets it."""
        self._kept: _Kept | None = None

    @property
    def latest(self) -> Site | None:
        """The site as it was when it was read last, for when nothing can be read."""
        return self._kept.site if self._kept else None

    def of(self, rendering: Rendering, has_just_changed: bool) -> Site:
        """The site that a rendering shows. `has_just_changed` covers what the store has not heard yet."""
        kept = self._kept
        if (
            kept is not None
            and kept.epoch == rendering.epoch
            and not has_just_changed
            and not self.store.has_changed(changes.SITE, kept.number)
        ):
            return kept.site
        site = sites.the_site()
        if site.logo is not None:
            db.session.expunge(site.logo)
        db.session.expunge(site)  # many threads read it, and nobody writes to it
        self._kept = _Kept(rendering.epoch, rendering.number, site)
        return site


def init_app(app: Flask, kept_site: KeptSite) -> None:
    """Puts the beginning before every view."""
    app.extensions[KEY] = kept_site
    app.before_request(begin)


def remember_site() -> None:
    """For an error page while the database fails: the site as it was last, so that it is not asked again.

    If it is known to be away, and no page was made yet, this makes the plain page.
    """
    latest = current_app.extensions[KEY].latest
    if latest is not None or is_known_away():
        g.site = latest


def is_known_away() -> bool:
    """Whether it is known of this request's beginning that the database does not answer."""
    return bool(request.environ.get(AWAY))


def begin() -> None:
    """Reads what the rendering can see; without a rendering, nothing. 503 while the database is away."""
    kept_site: KeptSite = current_app.extensions[KEY]
    if is_known_away():
        if needs_database(current_app, request.endpoint):
            raise ServiceUnavailable
        if kept_site.latest is not None:
            g.site = kept_site.latest
        return
    rendering = keys.current()
    if rendering is None:
        return
    if rendering.prepared == ServiceUnavailable.code:
        request.environ[AWAY] = True
        raise ServiceUnavailable
    _read(rendering, kept_site)
    if rendering.arguments is not None:
        request.args = ImmutableMultiDict(rendering.arguments)  # nothing else of the query is seen
    if rendering.prepared == NotFound.code:
        raise NotFound


def _read(rendering: Rendering, kept_site: KeptSite) -> None:
    given = {"seen": rendering.seen, "now": now()}
    row = connection().execute(_what_is_seen(), given).one()
    rendering.epoch, rendering.number, rendering.made_at = row.epoch, row.sequence, now()
    rendering.ends(row.next_scheduled)
    g.site = kept_site.of(rendering, row.has_just_changed)


@cache  # to build it takes longer than to run it
def _what_is_seen() -> sa.Select[str, int, datetime | None, bool]:
    """The number of the last change, when the next article appears, and whether the site changed after `seen`."""
    seen = sa.bindparam("seen", type_=sa.BigInteger())
    unheard = sa.exists().where(Change.sequence > seen, Change.key == changes.SITE)
    return sa.select(
        ChangeCounter.epoch,
        ChangeCounter.sequence,
        keeping.next_scheduled(sa.bindparam("now", type_=UTCDateTime())).label("next_scheduled"),
        unheard.label("has_just_changed"),
    )
