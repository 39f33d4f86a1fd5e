"""The queue: replies that wait, and what was decided about the others."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Regexp

from newsite.comments import actions, queries
from newsite.comments.models import Comment, ModerationEntry, Status
from newsite.comments.queries import Queue
from newsite.db import db
from newsite.errors import RuleBroken
from newsite.paging import Cursor
from newsite.web.bodies import MAX_FIELDS
from newsite.web.comments.form import number
from newsite.web.context import now
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell

bp = Blueprint("replies", __name__, url_prefix="/replies")

TABS = {
    Queue.waiting: lazy_gettext("Waiting"),
    Queue.likely_spam: lazy_gettext("Likely spam"),
    Queue.approved: lazy_gettext("Approved"),
    Queue.spam: lazy_gettext("Spam"),
    Queue.trash: lazy_gettext("Trash"),
}
DECISIONS: dict[str, actions.Decision] = {
    "approve": actions.approve,
    "hold": actions.hold,
    "spam": actions.mark_spam,
    "trash": actions.trash,
    "restore": actions.restore,
}
CHOSEN = "chosen"  # in place of an id: all whose boxes are ticked


class DecisionForm(DeskForm):
    """A pressed button of the queue: what is decided, about one reply or about the chosen ones."""

    decision = StringField(
        validators=[Regexp(rf"^({'|'.join(DECISIONS)}) ([0-9]{{1,10}}|{CHOSEN})\Z")]
    )
    chosen = SelectMultipleField(coerce=int, validate_choice=False)

    def ids(self) -> list[int]:
        """The replies that are meant."""
        which = self._words()[1]
        return list(self.chosen.data or []) if which == CHOSEN else [int(which)]

    def verb(self) -> actions.Decision:
        """What is decided."""
        return DECISIONS[self._words()[0]]

    def reason(self) -> str:
        """Why, if somebody wrote it."""
        return request.form.get(f"reason-{self._words()[1]}", "")

    def _words(self) -> list[str]:
        return str(self.decision.data).split(" ")


class AnswerForm(DeskForm):
    """A member of staff's answer to a reply."""

    body = TextAreaField(
        lazy_gettext("Your answer"),
        [DataRequired(lazy_gettext("Write something before you post."))],
        description=lazy_gettext("It is on the page at once, with your name and badge."),
        render_kw={"rows": 8},  # no maxlength: a browser would cut what is pasted without a word
    )


@bp.get("/", defaults={"queue": Queue.waiting.value})
@bp.get("/<any('likely-spam', approved, spam, trash):queue>/")
def index(queue: str) -> str:
    """One of the five queues, newest first."""
    which = Queue(queue)
    return render_template(
        "desk/replies/index.html",
        which=which,
        status=which.status,
        moment=now(),
        tabs=TABS,
        counts=queries.counts(),
        counted=queries.COUNTED,
        page=queries.queue(which, _place_asked()),
        form=DecisionForm(),
    )


@bp.post("/decisions")
def decide() -> ResponseReturnValue:
    """Approves, holds or puts aside what was chosen, and offers to undo it."""
    form = DecisionForm()
    if not form.validate_on_submit():
        abort(400)
    comments = queries.by_ids(form.ids())
    entries = actions.decide(comments, form.verb(), by=g.user, reason=form.reason(), now=now())
    db.session.commit()
    _tell(comments, entries)
    return _back()


@bp.post("/undo")
def undo() -> ResponseReturnValue:
    """Takes decisions back that nobody has changed since."""
    sent = request.form.get("entries", "").split()[:MAX_FIELDS]  # as many as could be chosen
    entry_ids = [entry_id for word in sent if (entry_id := number(word)) is not None]
    entries = actions.undo(queries.entries_by_ids(entry_ids), by=g.user, now=now())
    db.session.commit()
    if entries:
        tell(_said(entries))
    else:
        tell(gettext("There was nothing to undo: somebody has decided since."))
    return _back()


@bp.route("/<id:comment_id>/answer", methods=["GET", "POST"])
def answer(comment_id: int) -> ResponseReturnValue:
    """A page to answer one reply on, which stands above the field."""
    comment = queries.by_id(comment_id) or abort(404)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _answer_page(comment, form, 422 if form.errors else 200)
    try:
        actions.answer(comment, form.body.data, by=g.user, now=now())
    except RuleBroken as error:
        form.refuse(error)
        return _answer_page(comment, form, error.status)
    db.session.commit()
    tell(gettext("Your answer to %(name)s is on the page.", name=comment.author_name))
    return _back()


def _answer_page(comment: Comment, form: AnswerForm, status_code: int) -> ResponseReturnValue:
    return render_template("desk/replies/answer.html", comment=comment, form=form), status_code


def _tell(comments: list[Comment], entries: list[ModerationEntry]) -> None:
    """Says what was decided, with an Undo beside it; or that nothing was."""
    if entries:
        fields = {"entries": " ".join(str(entry.id) for entry in entries)}
        tell(_said(entries), undo=url_for(".undo", **_asked()), fields=fields)
    elif len(comments) == 1:
        tell(actions.says_where(comments[0]))
    else:
        tell(gettext("Nothing was changed. Choose replies first."))


def _said(entries: list[ModerationEntry]) -> str:
    """The sentence that says where replies are after these decisions."""
    if len(entries) == 1:
        return actions.says_where(entries[0].comment)
    count = len(entries)
    sentences = {
        Status.pending: ngettext(
            "%(num)d reply is waiting.", "%(num)d replies are waiting.", count
        ),
        Status.approved: ngettext(
            "%(num)d reply is on the page.", "%(num)d replies are on the page.", count
        ),
        Status.spam: ngettext("%(num)d reply is in spam.", "%(num)d replies are in spam.", count),
        Status.trash: ngettext(
            "%(num)d reply is in the trash.", "%(num)d replies are in the trash.", count
        ),
    }
    return str(sentences[entries[0].new_status])


def _back() -> ResponseReturnValue:
    """Leads to the queue, and the page of it, that the form stood on."""
    return redirect(url_for(".index", **_asked()), 303)


def _asked() -> dict[str, Any]:
    """Which queue, and which page of it, a form stood on."""
    queue = request.args.get("queue", "")
    return {
        "queue": queue if queue in set(Queue) else Queue.waiting.value,
        "before": request.args.get("before"),
    }


def _place_asked() -> Cursor | None:
    asked = request.args.get("before")
    try:
        return Cursor.parse(asked) if asked is not None else None
    except ValueError:
        abort(404)
