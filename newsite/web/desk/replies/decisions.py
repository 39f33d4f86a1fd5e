"""What an editor decides about replies, one, some or all that a list finds, and taking it back."""

from itertools import groupby
from typing import Any

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from wtforms import SelectMultipleField, StringField
from wtforms.validators import Regexp

from newsite.comments import actions, measures, queries
from newsite.comments.models import UNDONE, Comment, ModerationEntry, Status
from newsite.db import db
from newsite.web.bodies import MAX_FIELDS
from newsite.web.comments.form import number
from newsite.web.context import now
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell
from newsite.web.desk.replies.asked import asked, back
from newsite.web.desk.replies.blueprint import bp

DECISIONS: dict[str, actions.Decision] = {
    "approve": actions.approve,
    "hold": actions.hold,
    "spam": actions.mark_spam,
    "trash": actions.trash,
    "restore": actions.restore,
    "leave": actions.leave,
}
CHOSEN = "chosen"  # in place of an id: all whose boxes are ticked
FOUND = "found"  # all that the list finds


class DecisionForm(DeskForm):
    """A pressed button: what is decided, about one reply, about the chosen ones, or about all that are found."""

    decision = StringField(
        validators=[Regexp(rf"^({'|'.join(DECISIONS)}) ([0-9]{{1,10}}|{CHOSEN}|{FOUND})\Z")]
    )
    chosen = SelectMultipleField(coerce=int, validate_choice=False)

    def ids(self) -> list[int]:
        """The replies that are meant, unless all that are found are."""
        return list(self.chosen.data or []) if self.which == CHOSEN else [int(self.which)]

    @property
    def which(self) -> str:
        return self._words()[1]

    def verb(self) -> actions.Decision:
        """What is decided."""
        return DECISIONS[self._words()[0]]

    def words(self) -> dict[str, str]:
        """Why, for the desk, and a note to the writer, if somebody wrote them."""
        return {name: request.form.get(f"{name}-{self.which}", "") for name in ("reason", "note")}

    def _words(self) -> list[str]:
        return str(self.decision.data).split(" ")


@bp.post("/decisions/")
def decide() -> ResponseReturnValue:
    """Approves, holds, puts aside or leaves what was chosen, and offers to undo it."""
    form = DecisionForm()
    if not form.validate_on_submit():
        abort(400)
    how = {"by": g.user, "now": now()} | form.words()
    if form.which == FOUND:
        here = asked()
        entries = measures.decide_found(here.queue, here.sought, form.verb(), **how)
        comments = [entry.comment for entry in entries]
    else:
        comments = queries.by_ids(form.ids())
        entries = actions.decide(comments, form.verb(), **how)
    notice = notice_of(entries, comments)  # afterwards, each would be read once more
    db.session.commit()
    tell(**notice)
    return back()


@bp.post("/undo")
def undo() -> ResponseReturnValue:
    """Takes decisions back that nobody has changed since."""
    sent = ids_of(request.form.get("entries", ""))
    entries = actions.undo(queries.entries_by_ids(sent), by=g.user, now=now())
    nothing = gettext("There was nothing to undo: somebody has decided since.")
    text = _said(entries) if entries else nothing
    db.session.commit()
    tell(text)
    return back()


def notice_of(entries: list[ModerationEntry], comments: list[Comment]) -> dict[str, Any]:
    """What to tell of decisions about these replies, with an Undo; or that nothing was decided."""
    if entries:
        db.session.flush()  # they need their ids
        undo_address = url_for(".undo", **asked().address)
        fields = {"entries": spans([entry.id for entry in entries])}
        return {"text": _said(entries), "undo": undo_address, "fields": fields}
    if len(comments) == 1:
        return {"text": actions.says_where(comments[0])}
    return {"text": gettext("Nothing was changed. Choose replies first.")}


def spans(ids: list[int]) -> str:
    """The ids in few characters, since a notice travels in a cookie: "5 7-31"."""
    ordered = sorted(ids)
    runs = []
    for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0]):
        found = [one for _, one in run]
        runs.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return " ".join(runs)


def ids_of(written: str) -> list[int]:
    """The ids that `spans` wrote, as many as a form can choose; nonsense is passed over."""
    ids: list[int] = []
    for word in written.split()[:MAX_FIELDS]:
        first, _, last = word.partition("-")
        begin, end = number(first), number(last or first)
        if begin is not None and end is not None:
            ids += range(begin, min(end + 1, begin + MAX_FIELDS))
    return ids[:MAX_FIELDS]


def _said(entries: list[ModerationEntry]) -> str:
    """The sentence that says where replies are after these decisions."""
    count, name = len(entries), entries[0].comment.author_name
    if not entries[0].is_move and entries[0].reason == UNDONE:
        return str(
            ngettext(
                "The reply by %(name)s waits for a decision again.",
                "%(num)d replies wait for a decision again.", count, name=name,
            )
        )  # fmt: skip
    if count == 1 and not entries[0].is_move:
        return str(gettext("The reply by %(name)s stays where it is: that is settled.", name=name))
    if count == 1:
        return actions.says_where(entries[0].comment)
    if not entries[0].is_move:
        return str(ngettext("%(num)d reply stays.", "%(num)d replies stay where they are.", count))
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
