"""The way in, and what is held about an address. Looking changes nothing, and no link holds an address.

A reply stands for it in the tokens. The mailed one is used up by a button: programs that check mail follow every link.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NoReturn

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from newsite import privacy, tokens
from newsite.comments import queries
from newsite.comments.letters.links import PRIVACY
from newsite.comments.models import Comment
from newsite.db import db
from newsite.web.comments.form import number
from newsite.web.context import now
from newsite.web.headers import private
from newsite.web.privacy.blueprint import bp

OPEN_FOR = timedelta(minutes=30)  # the mailed link, and after it the page
SHOWN = "privacy-data"  # what the page's token is for


class Shown(NamedTuple):
    """What a page's token opens."""

    email: str
    ends_at: datetime
    ids: list[int]  # of the replies, newest first


@bp.get("/me/<token>")
def door(token: str) -> Response:
    """The button that uses the mailed link up."""
    _mailed(token)
    if tokens.is_spent(token):
        over()
    return private(render_template("privacy/door.html", token=token))


@bp.post("/me/<token>")
def enter(token: str) -> Response:
    """Uses the mailed link up, and leads to the page."""
    comment = _mailed(token)
    ends_at = now() + OPEN_FOR
    if not tokens.spend(token, ends_at=ends_at + 2 * tokens.SKEW):
        over()
    db.session.commit()
    return redirect(url_for("privacy.show", token=page_token(comment.id, ends_at)), 303)


@bp.get("/data/<token>")
def show(token: str) -> Response:
    """All that is held about an address, the newest first."""
    shown = opened(token)
    before = number(request.args.get("before", ""))
    ids = [one for one in shown.ids if before is None or one < before]
    listed = privacy.replies(ids[: privacy.SHOWN])
    page = render_template(
        "privacy/show.html",
        token=token,
        shown=shown,
        replies=listed,
        earlier=listed[-1].id if len(ids) > privacy.SHOWN else None,
        now=now(),
    )
    return private(page)


@bp.get("/data/<token>/file")
def file(token: str) -> Response:
    """The same, as a file for programs."""
    data = json.dumps(privacy.as_data(opened(token).email), ensure_ascii=False, indent=2)
    response = private(data)
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="your-data.json"'
    return response


@bp.get("/erased")
def erased() -> Response:
    """What is left to say when nothing is left."""
    return private(render_template("privacy/erased.html"))


def opened(token: str) -> Shown:
    """What a page's token opens; 410 if it has ended, or if nothing is left."""
    value = tokens.opened(SHOWN, token, now=now())
    if value is None:
        over()
    comment_id, seconds = value
    ends_at = datetime.fromtimestamp(seconds, UTC)
    comment = queries.by_id(comment_id)
    ids = privacy.ids_of(comment.email) if comment else []
    if comment is None or not ids or now() >= ends_at:
        over()
    return Shown(comment.email, ends_at, ids)


def page_token(comment_id: int, ends_at: datetime) -> str:
    """Opens the page of whoever sent this reply, until then."""
    return tokens.signed(SHOWN, [comment_id, int(ends_at.timestamp())], now=now())


def over() -> NoReturn:
    """Says of a link that it opens nothing any more, and where there is another."""
    abort(private(render_template("privacy/over.html"), 410))


def _mailed(token: str) -> Comment:
    """The reply that a mailed link is for; 410 if it has ended."""
    comment_id = tokens.opened(PRIVACY, token, now=now(), valid=OPEN_FOR)
    comment = queries.by_id(comment_id) if comment_id is not None else None
    if comment is None or not comment.email:
        over()
    return comment
