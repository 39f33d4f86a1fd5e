"""What all forms of the desk do in the end: try it, commit, or show the form again with all that was typed."""

from collections.abc import Callable
from typing import Any

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from newsite import audit
from newsite.db import db
from newsite.errors import Conflict, RuleBroken
from newsite.web.context import now
from newsite.web.desk.forms import DeskForm
from newsite.web.desk.notices import tell


def stored(
    form: DeskForm, deed: Callable[[], Any], page: Callable[[int], ResponseReturnValue]
) -> ResponseReturnValue | None:
    """None once the deed is done and committed; else the page, given its status, with what is wrong."""
    if not form.validate():
        return page(422)
    refusal: RuleBroken
    try:
        deed()
        db.session.commit()
    except IntegrityError:  # two people took one address at the same moment
        db.session.rollback()  # before gettext, which asks the site for its language
        refusal = Conflict(gettext("Somebody saved at the same moment. Save again."))
    except RuleBroken as error:
        refusal = error
    else:
        return None
    db.session.rollback()
    form.refuse(refusal)
    return page(refusal.status)


def tell_saved(words: str, *, is_moved: bool) -> None:
    """Says on the next page that something is saved, and what became of its old address if it has another."""
    more = gettext("Its old address leads to the new one.") if is_moved else ""
    tell(f"{words} {more}".rstrip())


def record(action: str, subject: str, address: str | None) -> None:
    """Writes what the user did into the log of the desk; the caller commits."""
    audit.record(
        at=now(),
        user_id=g.user.id,
        user_name=g.user.name,
        action=action,
        subject=subject,
        address=address,
    )
