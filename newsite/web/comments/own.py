"""A reply's own page: what became of it, and what its writer may do. The address is the authority: docs/adr/0025.

Looking changes nothing: programs that check mail follow every link in it.
"""

from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from newsite import limits, mail
from newsite.comments import own, queries
from newsite.comments.letters import confirming
from newsite.comments.links import Opened, Right
from newsite.comments.models import Comment, Follows
from newsite.db import db, expect
from newsite.errors import NotAllowed, RuleBroken, TooFast
from newsite.tokens import SKEW
from newsite.web.comments import tokens
from newsite.web.context import now
from newsite.web.headers import private

LIMIT = "30 per 1 hour"  # changes from one network, so that nobody makes the rules work all day

bp = Blueprint("own", __name__)


class Refused(NamedTuple):
    """What could not be done, and what was written in its field."""

    error: RuleBroken
    sent: str = ""

    @property
    def field(self) -> str | None:
        """The name and id of the field that it is about."""
        return self.error.field


@bp.get("/replies/<token>")
def show(token: str) -> Response:
    """What became of a reply, for whoever sent it."""
    opened, comment = _opened(token)
    return _page(token, opened, comment)


@bp.post("/replies/<token>/confirmation")
def confirm(token: str) -> Response:
    """Takes it that the address is the writer's."""
    return _changed(token, Right.MAIL, lambda comment: own.confirm(comment, now=now()))


@bp.post("/replies/<token>/words")
def edit(token: str) -> Response:
    """Takes other words."""
    words = request.form.get("body", "")
    return _changed(token, Right.OWN, lambda comment: own.edit(comment, words, now=now()), words)


@bp.post("/replies/<token>/withdrawal")
def withdraw(token: str) -> Response:
    """Takes the reply away for good."""
    return _changed(token, Right.OWN, lambda comment: own.withdraw(comment, now=now()))


@bp.post("/replies/<token>/following")
def follow(token: str) -> Response:
    """Takes what its writer is told about by mail."""
    try:
        wish = Follows(request.form.get("follows", ""))
    except ValueError:
        abort(400)
    return _changed(token, Right.MAIL, lambda comment: own.follow(comment, wish, now=now()))


@bp.post("/replies/<token>/appeal")
def appeal(token: str) -> Response:
    """Takes what its writer says to the editors who put it aside."""
    words = request.form.get("words", "")
    return _changed(token, Right.OWN, lambda comment: own.appeal(comment, words, now=now()), words)


def _changed(
    token: str, right: Right, change: Callable[[Comment], object], sent: str = ""
) -> Response:
    """What follows a change: the page again, or what forbids it, with what was sent."""
    network = limits.network(request.remote_addr)
    is_slow = limits.hit("own-reply", network, LIMIT, now=now())  # before anything is read
    opened, comment = _opened(token)
    try:
        if not is_slow:
            raise TooFast(gettext("That was a lot. Wait an hour, then try again."))
        _require(opened, right)
        change(comment)
        db.session.commit()
    except RuleBroken as error:
        db.session.rollback()
        expect(only_reads=True)  # others may write while this is told
        return _page(token, opened, comment, Refused(error, sent))
    return redirect(url_for("own.show", token=token), 303)


def _opened(token: str) -> tuple[Opened, Comment]:
    """What the token opens; else 404."""
    opened = tokens.read_status_token(token, now())
    comment = queries.by_id(opened.comment_id) if opened else None
    # SQLite gives the number of a deleted reply to another one.
    if comment is None or opened is None or comment.created_at - SKEW > opened.made_at:
        raise NotFound(
            gettext("This link opens no reply. Copy the whole of it, to its very last letter.")
        )
    return opened, comment


def _require(opened: Opened, right: Right) -> None:
    if opened.right >= right:
        return
    if opened.is_late:
        sentence = gettext("This link is older than 30 days. Use one from a newer mail.")
    elif right is Right.MAIL:
        sentence = gettext("Only a link that we mailed can do this: open the one in your mail.")
    else:
        sentence = gettext("This link shows the reply, and no more. Use the one you had first.")
    raise NotAllowed(sentence)


def _is_asked(opened: Opened, comment: Comment) -> bool:
    """Whether the writer, who came by another link, has a mail to wait for."""
    is_first = opened.right is Right.OWN and not opened.is_late and mail.is_set_up()
    return is_first and confirming.is_asked(comment, now())


def _page(token: str, opened: Opened, comment: Comment, refused: Refused | None = None) -> Response:
    article = comment.article if comment.article.is_public(now()) else None
    notes = [entry.note for entry in comment.entries if entry.note and not entry.was_undone]
    body = render_template(
        "own/show.html",
        token=token,
        comment=comment,
        article=article,
        refused=refused,
        is_own=opened.right >= Right.OWN,
        is_mailed=opened.right is Right.MAIL,
        is_late=opened.is_late,
        has_mail=mail.is_set_up(),
        is_asked=_is_asked(opened, comment),
        note=notes[-1] if notes else "",
        may_edit=own.may_edit(comment, now()),
        edit_until=comment.created_at + own.MAY_EDIT_FOR,
        may_appeal=own.may_appeal(comment),
        most_chars=own.MAX_APPEAL_CHARS,
    )
    return private(body, refused.error.status if refused else 200)
