"""Pages that mails lead to: each shows what its button does, and looking changes nothing.

Programs that check mail follow every link in it; none of them presses a button.
"""

from flask import Blueprint, abort, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from newsite.comments import actions, by_mail
from newsite.comments.letters.links import Choice
from newsite.db import db, expect
from newsite.errors import RuleBroken
from newsite.web.context import now
from newsite.web.headers import private

bp = Blueprint("by_mail", __name__)


@bp.get("/replies/decide/<token>")
def decision(token: str) -> Response:
    """The reply, and the button that decides about it."""
    try:
        asked = by_mail.asked(token, now=now())
    except by_mail.NoMore as error:
        return _said(gettext("This link does nothing any more"), error.message, error.status)
    heading = {
        Choice.approve: gettext("Approve this reply?"),
        Choice.spam: gettext("Mark this reply as spam?"),
        Choice.trash: gettext("Put this reply into the trash?"),
    }[asked.choice]
    button = {
        Choice.approve: gettext("Approve"),
        Choice.spam: gettext("Mark as spam"),
        Choice.trash: gettext("Put into the trash"),
    }[asked.choice]
    page = render_template(
        "by_mail/decision.html", token=token, heading=heading, button=button, **asked._asdict()
    )
    return private(page)


@bp.post("/replies/decide/<token>")
def decide(token: str) -> Response:
    """Decides, in the name of whom the mail went to."""
    try:
        entry = by_mail.decide(token, now=now())
        sentence = actions.says_where(entry.comment)
        db.session.commit()
    except RuleBroken as error:
        db.session.rollback()
        expect(only_reads=True)  # others may write while this is told
        return _said(gettext("Nothing has been changed"), error.message, error.status)
    return _said(gettext("Decided"), sentence)


@bp.get("/replies/stop/<token>")
def ending(token: str) -> Response:
    """The button that ends mails."""
    if not by_mail.may_stop(token, now=now()):
        abort(404)
    return private(render_template("by_mail/ending.html", token=token))


@bp.post("/replies/stop/<token>")
def stop(token: str) -> Response:
    """Ends mails: for people who press the button, and for mail programs that have one of their own."""
    if not by_mail.may_stop(token, now=now()):
        abort(404)
    by_mail.stop(token, now=now())
    db.session.commit()
    heading, sentence = gettext("The mails are stopped"), gettext("No more of them will be sent.")
    return _said(heading, sentence, is_for_editors=False)


def _said(
    heading: str, sentence: str, status: int = 200, *, is_for_editors: bool = True
) -> Response:
    page = render_template(
        "by_mail/said.html", heading=heading, sentence=sentence, is_for_editors=is_for_editors
    )
    return private(page, status)
