"""Correcting and erasing, of one reply or of all; each shows first what will happen."""

from collections.abc import Callable

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from newsite import limits, privacy
from newsite.comments.submission import MAX_NAME_CHARS
from newsite.db import db, expect
from newsite.errors import RuleBroken, TooFast
from newsite.privacy import Erasing
from newsite.web.comments.form import number
from newsite.web.context import now
from newsite.web.headers import private
from newsite.web.privacy.blueprint import bp
from newsite.web.privacy.showing import Shown, opened, page_token

LIMIT = "60 per 1 hour"  # changes from one network


@bp.get("/data/<token>/name")
def name(token: str) -> Response:
    """The field for another name."""
    return _name_page(token, _chosen(opened(token)))


@bp.post("/data/<token>/name")
def correct(token: str) -> Response:
    """Takes another name."""
    given = request.form.get("author_name", "")

    def change(ids: list[int]) -> object:
        return privacy.correct_name(ids, given, now=now())

    return _changed(token, change, _name_page)


@bp.get("/data/<token>/erasure")
def erasure(token: str) -> Response:
    """What will be erased, and the button for it."""
    return _erasure_page(token, _chosen(opened(token)))


@bp.post("/data/<token>/erasure")
def erase(token: str) -> Response:
    """Erases it."""
    what = _what()

    def change(ids: list[int]) -> object:
        return privacy.erase(ids, what, now=now())

    return _changed(token, change, _erasure_page)


def _changed(
    token: str, change: Callable[[list[int]], object], page: Callable[..., Response]
) -> Response:
    """What follows a change: the page of what is left, or what forbids it."""
    network = limits.network(request.remote_addr)
    is_slow = limits.hit("privacy-change", network, LIMIT, now=now())  # before anything is read
    shown = opened(token)
    chosen = _chosen(shown)
    try:
        if not is_slow:
            raise TooFast(gettext("That was a lot. Wait an hour, then try again."))
        for some in privacy.in_steps(chosen.ids):
            change(some)
            db.session.commit()
    except RuleBroken as error:
        db.session.rollback()
        expect(only_reads=True)  # others may write while this is told
        return page(token, chosen, error)
    return _back(shown)


def _back(shown: Shown) -> Response:
    """Leads to what is left. Its token is made for a reply that still has the address."""
    left = privacy.ids_of(shown.email)
    if not left:
        return redirect(url_for("privacy.erased"), 303)
    token = page_token(left[0], shown.ends_at)
    return redirect(url_for("privacy.show", token=token), 303)


def _chosen(shown: Shown) -> Shown:
    """The same with the one reply that is named; with all, if none is. 404 for one of somebody else."""
    named = request.values.get("reply", "")
    if not named:
        return shown
    comment_id = number(named)
    if comment_id not in shown.ids:
        abort(404)
    return shown._replace(ids=[comment_id])


def _what() -> Erasing:
    try:
        return Erasing(request.values.get("what", ""))
    except ValueError:
        abort(400)


def _name_page(token: str, chosen: Shown, error: RuleBroken | None = None) -> Response:
    page = render_template(
        "privacy/name.html",
        sent=request.form.get("author_name"),
        most_chars=MAX_NAME_CHARS,
        **_around(token, chosen, error),
    )
    return private(page, error.status if error else 200)


def _erasure_page(token: str, chosen: Shown, error: RuleBroken | None = None) -> Response:
    page = render_template("privacy/erasure.html", what=_what(), **_around(token, chosen, error))
    return private(page, error.status if error else 200)


def _around(token: str, chosen: Shown, error: RuleBroken | None) -> dict[str, object]:
    """What both pages show: the newest of the replies stands for all."""
    reply = privacy.replies(chosen.ids[:1])[0]
    is_one = bool(request.values.get("reply"))
    return {"token": token, "chosen": chosen, "reply": reply, "is_one": is_one, "error": error}
