"""What one rendering depends on: collected while it is made, mostly without anybody thinking of it.

Every article, tag and contributor that a rendering loads is noted by itself; a view names only what
no row stands for: which things a list has, and their order; and what it read as values.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import event

from newsite import changes
from newsite.articles import keys
from newsite.articles.models import Article, Contributor, Tag
from newsite.articles.printed import Printed

_current: ContextVar["Rendering | None"] = ContextVar("newsite_rendering", default=None)


@dataclass(eq=False)
class Rendering:
    """A page that is being made for nobody in particular."""

    arguments: dict[str, str] | None = None  # of the query; None: some are out of bounds
    prepared: int | None = None  # the status of an error page that is made for many addresses
    seen: int = 0  # the number up to which this worker knows what changed
    epoch: str = ""
    number: int = -1  # of the last change that the rendering can see, read before anything else
    keys: set[str] = field(default_factory=lambda: {changes.SITE})  # the site is on every page
    until: datetime | None = None  # when the page ends by the clock
    made_at: datetime | None = None
    is_kept: bool = True
    read: int | None = None  # id of the article that whoever asks for the page reads
    is_lost: bool = False  # there is nothing at this address: the prepared page says so

    def ends(self, at: datetime | None) -> None:
        """Notes that the page changes by itself at this time; None is never."""
        if at is not None and (self.until is None or at < self.until):
            self.until = at


def current() -> Rendering | None:
    """What is being made in this thread, if it is a page that may be kept."""
    return _current.get()


def is_rendering() -> bool:
    """Whether a page is being made that may be kept."""
    return _current.get() is not None


@contextmanager
def collecting(rendering: Rendering) -> Iterator[None]:
    """Inside, what is named and loaded belongs to this rendering."""
    token = _current.set(rendering)
    try:
        yield
    finally:
        _current.reset(token)


def collect(*names: str) -> None:
    """Notes that the page changes with these keys; elsewhere than on a page that may be kept, nothing."""
    rendering = _current.get()
    if rendering is not None:
        rendering.keys.update(names)


def collect_printed(*articles: Printed | None) -> None:
    """Notes articles that were read as values: only of objects is it noticed that they are loaded."""
    for article in articles if _current.get() is not None else ():
        if article is not None:
            collect(keys.text(article.id))
            collect(*(keys.tag(tag.id) for tag in article.tags))
            collect(*(keys.contributor(one.id) for one in article.contributors))


def until(at: datetime | None) -> None:
    """Notes that the page changes by itself at this time; None is never."""
    rendering = _current.get()
    if rendering is not None:
        rendering.ends(at)


def counts_as_read(article_id: int) -> None:
    """Notes that every answer with this page is a reading of the article."""
    rendering = _current.get()
    if rendering is not None:
        rendering.read = article_id


def keep_nothing() -> None:
    """Notes that this answer is good for this request only."""
    rendering = _current.get()
    if rendering is not None:
        rendering.is_kept = False


def is_prepared_elsewhere() -> bool:
    """Whether the page for "nothing is here" is made once for all addresses, and not in this request."""
    rendering = _current.get()
    if rendering is None or rendering.prepared is not None:
        return False
    rendering.is_lost = True
    return True


@event.listens_for(Article, "load")
def _article_loaded(article: Article, context: object) -> None:
    if _current.get() is not None:
        collect(keys.text(article.id))


@event.listens_for(Tag, "load")
def _tag_loaded(tag: Tag, context: object) -> None:
    if _current.get() is not None:
        collect(keys.tag(tag.id))


@event.listens_for(Contributor, "load")
def _contributor_loaded(contributor: Contributor, context: object) -> None:
    if _current.get() is not None:
        collect(keys.contributor(contributor.id))
