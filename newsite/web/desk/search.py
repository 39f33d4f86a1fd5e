"""Searching everything at the desk: what somebody may open there, in groups, a few of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import lazy_gettext as _

from newsite.accounts import queries as accounts
from newsite.articles import desk_queries, redirects, search
from newsite.comments import queries as comments
from newsite.comments.queries import Queue
from newsite.media import queries as media
from newsite.text import excerpt, folded_words, tidy_line
from newsite.web.context import now
from newsite.web.desk import gate
from newsite.web.desk.articles import lists
from newsite.web.desk.redirects import old_address
from newsite.web.desk.replies.asked import Asked
from newsite.web.desk.replies.lists import TABS

WHOLE = {"desk.sections.index", "desk.accounts.people"}  # lists that are not searched
QUEUES = (Queue.waiting, Queue.likely_spam, Queue.approved, Queue.spam, Queue.trash)
LISTED = 5  # of a group; its own list has the rest
MAX_CHARS = 200  # of what is asked for

bp = Blueprint("search", __name__, url_prefix="/search")


@dataclass(frozen=True)
class Hit:
    """Something that was found."""

    title: str
    address: str | None  # None: it is there, and not theirs to open
    facts: Sequence[object] = ()
    queue: Queue | None = None  # that a reply is in


@dataclass(frozen=True)
class Group:
    """What was found of one kind."""

    heading: str
    hits: list[Hit]
    rest: list["Rest"]  # the lists with all that fit, if there are more


@dataclass(frozen=True)
class Rest:
    """A list on which there is more, and what a link to it says."""

    words: object
    address: str


@bp.get("/")
def index() -> str:
    """What has the words `q` in it, as far as it is the reader's to see."""
    words = tidy_line(request.args.get("q", ""))[:MAX_CHARS]
    groups = found(words) if words else []
    return render_template("desk/search/index.html", found_words=words, groups=groups)


def found(words: str) -> list[Group]:
    """The groups in which something fits, in the order of the desk's navigation."""
    groups = (
        _group(str(heading), endpoint, seek(words), words)
        for heading, endpoint, seek in KINDS
        if gate.may_open(g.user, endpoint)
    )
    return [group for group in groups if group.hits]


def _group(heading: str, endpoint: str, hits: list[Hit], words: str) -> Group:
    rest = _rest(endpoint, hits, words) if len(hits) > LISTED else []
    return Group(heading, hits[:LISTED], rest)


def _rest(endpoint: str, hits: list[Hit], words: str) -> list[Rest]:
    if endpoint in WHOLE:
        return [Rest(_("The whole list"), url_for(endpoint))]
    if endpoint != "desk.replies.index":
        return [Rest(_("All that fit"), url_for(endpoint, q=words))]
    queues = {hit.queue for hit in hits}
    return [
        Rest(
            _("All that fit: %(list)s", list=TABS[which]),
            url_for(endpoint, queue=which.value, q=words),
        )
        for which in QUEUES
        if which in queues
    ]


def _articles(words: str) -> list[Hit]:
    theirs = [] if g.user.is_editor else [desk_queries.seen_by(g.user.id, now())]
    return [
        Hit(one.title, lists.way_to(one), (lists.SHELVES[lists.shelf_of(one)], one.byline))
        for one in search.find(words, *theirs, limit=LISTED + 1)
    ]


def _pictures(words: str) -> list[Hit]:
    return [
        Hit(one.alt or one.name, url_for("desk.pictures.show", picture_id=one.id), (one.credit,))
        for one in media.newest(words).items
    ]


def _files(words: str) -> list[Hit]:
    return [
        Hit(one.title, url_for("desk.pictures.files", q=one.title), (one.name,))
        for one in media.files(words).items
    ]


def _replies(words: str) -> list[Hit]:
    found = [
        (which, one)
        for which in QUEUES
        for one in comments.queue(
            which, limit=LISTED + 1, sought=Asked(which, q=words).sought
        ).items
    ]
    newest = sorted(found, key=lambda one: (one[1].created_at, one[1].id), reverse=True)
    return [
        Hit(
            f"{one.author_name}: {excerpt(one.body_html, 80)}",
            url_for("desk.replies.one", comment_id=one.id),
            (TABS[which], one.article.title),
            which,
        )
        for which, one in newest
    ]


def _sections(words: str) -> list[Hit]:
    return [
        Hit(one.thing.name, url_for("desk.sections.edit", section_id=one.thing.id))
        for one in desk_queries.sections()
        if _has(words, one.thing.name)
    ]


def _tags(words: str) -> list[Hit]:
    return [
        Hit(one.thing.name, url_for("desk.tags.edit", tag_id=one.thing.id))
        for one in desk_queries.tags(words, limit=LISTED)
    ]


def _contributors(words: str) -> list[Hit]:
    return [
        Hit(one.thing.name, url_for("desk.contributors.edit", contributor_id=one.thing.id))
        for one in desk_queries.contributors(words, limit=LISTED)
    ]


def _redirects(words: str) -> list[Hit]:
    return [
        Hit(
            old_address(one),
            url_for("desk.redirects.edit", redirect_id=one.id),
            (one.article.title if one.article else one.target,),
        )
        for one in redirects.listed(words, limit=LISTED + 1).items
    ]


def _people(words: str) -> list[Hit]:
    return [
        Hit(one.name, url_for("desk.accounts.person", user_id=one.id), (one.email,))
        for one in accounts.users()
        if _has(words, f"{one.name} {one.email}")
    ]


def _has(words: str, text: str) -> bool:
    """Whether all the words begin a word of the text."""
    known = folded_words(text)
    return all(any(one.startswith(word) for one in known) for word in folded_words(words))


# A heading, the list that has all of it, and what finds a few.
KINDS: tuple[tuple[Any, str, Callable[[str], list[Hit]]], ...] = (
    (_("Articles and pages"), "desk.articles.index", _articles),
    (_("Pictures"), "desk.pictures.index", _pictures),
    (_("Files"), "desk.pictures.files", _files),
    (_("Replies"), "desk.replies.index", _replies),
    (_("Sections"), "desk.sections.index", _sections),
    (_("Tags"), "desk.tags.index", _tags),
    (_("Contributors"), "desk.contributors.index", _contributors),
    (_("Redirects"), "desk.redirects.index", _redirects),
    (_("People"), "desk.accounts.people", _people),
)
