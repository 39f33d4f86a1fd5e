"""What an address of the queue asks for: which list, narrowed to what, from where on, or one reply."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from newsite.comments import bans, queries
from newsite.comments.models import BanKind, Comment
from newsite.comments.queries import Queue, Sought
from newsite.db import MAX_ID
from newsite.paging import Cursor
from newsite.text import tidy_line
from newsite.web.comments.form import number


@dataclass(frozen=True)
class Asked:
    """Where a form stood: a page of a list, or the page of one reply."""

    queue: Queue
    q: str = ""  # what was typed: an address, a network or words
    article_id: int | None = None
    before: str | None = None  # as it stands in the address
    reply_id: int | None = None

    @property
    def sought(self) -> Sought:
        """What the list is narrowed to."""
        network = bans.as_compared(BanKind.network, self.q) if self.q else ""
        if network:
            return Sought(self.article_id, network=network)
        if "@" in self.q and " " not in self.q:
            return Sought(self.article_id, email=self.q)
        return Sought(self.article_id, words=self.q)

    @property
    def narrowing(self) -> dict[str, Any]:
        """The part of an address that narrows a list, whichever it is."""
        return {"q": self.q or None, "article": self.article_id}

    @property
    def address(self) -> dict[str, Any]:
        """The values of an address that leads back."""
        return {
            "queue": self.queue.value,
            "before": self.before,
            "reply": self.reply_id,
            **self.narrowing,
        }


def asked(queue: str | None = None) -> Asked:
    """What this request's address asks for; what makes no sense in it is left out."""
    which = queue or request.args.get("queue", "")
    return Asked(
        queue=Queue(which) if which in set(Queue) else Queue.waiting,
        q=tidy_line(request.args.get("q", "")),
        article_id=_id("article"),
        before=request.args.get("before"),
        reply_id=_id("reply"),
    )


def place_asked() -> Cursor | None:
    """Where in a list to begin; 404 for what is no place."""
    written = request.args.get("before")
    try:
        return Cursor.parse(written) if written is not None else None
    except ValueError:
        abort(404)


def found(comment_id: int) -> Comment:
    """The reply with this id, with its article; 404 if there is none."""
    return queries.by_id(comment_id) or abort(404)


def way_back() -> str:
    """The address of where the form stood: a page of a list, or of one reply."""
    here = asked()
    if here.reply_id is not None:
        return url_for(".one", comment_id=here.reply_id)
    return url_for(".index", **here.address)


def back() -> ResponseReturnValue:
    """Leads to where the form stood."""
    return redirect(way_back(), 303)


def _id(name: str) -> int | None:
    value = number(request.args.get(name, ""))
    return value if value and value <= MAX_ID else None
