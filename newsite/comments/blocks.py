"""A reply's block: its HTML as every page shows it, made when somebody decides about it and kept with it.

A block carries the mark of the look that it was made with: of our template, the cleaning policy, the
words and the dates of a language, the zone. A page makes those with another mark anew for itself, so
that nothing old is shown; `newsite content reclean` stores them. docs/adr/0015 says why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from hashlib import blake2s
from typing import NamedTuple
from zoneinfo import ZoneInfo

import jinja2
import sqlalchemy as sa
from sqlalchemy import event

from newsite import config
from newsite.articles import dates
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.printing import said, translations
from newsite.sanitize import POLICY, reply_html
from newsite.site.models import Site
from newsite.text import tidy_text

ANSWER = "<!--answer-->"  # in a block, before the link to answer; the last one is ours: see `shown`
REPORT = "<!--report-->"  # after it, before the link to report
OPENING_CHARS = 300  # of a reply's HTML: more than search engines are told
MARK_BYTES = 6  # of a hash: nobody chooses what is hashed


class Shown(NamedTuple):
    """What a block shows of a reply."""

    id: int
    article_id: int
    status: Status
    author_name: str
    website: str
    user_id: int | None
    badge: str
    body_html: str
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    is_locked: bool = False
    depth: int = 1


class Row(NamedTuple):
    """A reply as a page of replies reads it."""

    id: int
    depth: int
    block_html: str
    block_mark: str
    status: Status
    author_name: str
    created_at: datetime
    opening_html: str  # the first of its words, cut anywhere


@dataclass(frozen=True)
class Look:
    """What blocks show of the site, and the mark of all that."""

    language: str  # BCP 47
    zone: ZoneInfo
    mark: str = ""


COLUMNS = [getattr(Comment, name) for name in Shown._fields]
ROW_COLUMNS = [
    *(getattr(Comment, name) for name in Row._fields[:-1]),
    sa.func.substr(Comment.body_html, 1, OPENING_CHARS).label(Row._fields[-1]),
]
_NOON = datetime(2000, 7, 1, 12, tzinfo=UTC)
_SAMPLES = (
    Shown(
        1, 1, Status.approved, "A", "https://a.example/", None, "", "<p>A</p>", _NOON, None, None
    ),
    Shown(1, 1, Status.approved, "A", "", 1, "", "<p>A</p>", _NOON, _NOON, None),
    Shown(1, 1, Status.trash, "A", "", None, "", "<p>A</p>", _NOON, None, None),
    Shown(1, 1, Status.trash, "A", "", None, "", "<p>A</p>", _NOON, None, _NOON),
    Shown(1, 1, Status.approved, "A", "", None, "", "<p>A</p>", _NOON, None, None, is_locked=True),
)


def look(site: Site) -> Look:
    """The look that blocks of this site have now."""
    return _marked(site.language, site.timezone)


def prepare(comment: Comment, look: Look) -> None:
    """Makes the block of a comment, which has its id; the caller commits."""
    clean(comment)
    comment.block_html = html(Shown(*(getattr(comment, name) for name in Shown._fields)), look)
    comment.block_mark = look.mark


def clean(comment: Comment) -> None:
    """Cleans the words of a comment again, if an older policy did it last; the caller commits."""
    if comment.body_policy != POLICY:
        comment.body_html, comment.body_policy = reply_html(tidy_text(comment.body)), POLICY


def html(reply: Shown, look: Look) -> str:
    """The block of a reply, from our template: its list item without the end, or the gap that it left."""
    words = translations(look.language)
    edited = reply.edited_at
    return _template().render(
        reply=reply,
        is_gap=reply.status is not Status.approved,
        gettext=partial(said, words),
        day_and_time=dates.day_and_time(reply.created_at, look.zone, look.language),
        iso=dates.iso(reply.created_at, look.zone),
        edited=edited and dates.day_and_time(edited, look.zone, look.language),
        edited_iso=edited and dates.iso(edited, look.zone),
    )


def shown(block_html: str, *, is_open: bool, takes_reports: bool) -> str:
    """A block without our marks; without the link to answer where replies are closed, and with or without the other."""
    # From the right: words of a reply may hold our mark, but after ours no "<" is left as it is.
    words, found, links = block_html.rpartition(ANSWER)
    answer, _, report = links.partition(REPORT)
    if not found:  # a gap
        return block_html
    return words + (answer if is_open else "") + (report if takes_reports else "")


def current(rows: Sequence[Row], look: Look) -> list[Row]:
    """The rows with their blocks in this look, those of another made anew; one query if there are any."""
    old = {row.id for row in rows if row.block_mark != look.mark}
    if not old:
        return list(rows)
    made = {one.id: html(one, look) for one in cleaned(Comment.id.in_(old))}
    return [
        row._replace(block_html=made.get(row.id, row.block_html), block_mark=look.mark)
        for row in rows
        if row.id in made or row.id not in old
    ]


def cleaned(*conditions: sa.ColumnElement[bool]) -> Iterable[Shown]:
    """What blocks show of these replies, each cleaned by the policy of today."""
    query = sa.select(*COLUMNS, Comment.body, Comment.body_policy).where(*conditions)
    for *columns, body, policy in db.session.execute(query):
        one = Shown(*columns)
        yield one if policy == POLICY else one._replace(body_html=reply_html(tidy_text(body)))


@lru_cache(maxsize=8)  # a site has one; its last one may still be asked for
def _marked(language: str, timezone: str) -> Look:
    look = Look(language, ZoneInfo(timezone))
    parts = [str(POLICY), language, timezone, *(html(one, look) for one in _SAMPLES)]
    digest = blake2s("\n".join(parts).encode(), digest_size=MARK_BYTES)
    return Look(language, look.zone, digest.hexdigest())


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(config.folder("templates"))
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("comments/_reply.html")


def _grow_old(comment: Comment, *_: object) -> None:
    comment.block_mark = ""


for _column in COLUMNS:  # whoever changes what is shown and forgets the block
    event.listen(_column, "set", _grow_old)
