"""What editors do with the pages of the queue."""

from typing import Any

from pages import PageView

from newsite.comments.models import Comment, Status
from newsite.db import db

QUEUE = "/desk/replies/"


def press(view: PageView, button: str, **fields: Any) -> PageView:
    """What follows a press on one of the queue's buttons, such as “approve 12”."""
    return view.form("queue").fill(**fields).submit(button)


def undo(view: PageView) -> PageView:
    """What follows a press on Undo."""
    form = view.one(".notice form")
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    return view.pages.submit(str(form["action"]), fields)


def send(view: PageView, address: str, status: int = 200) -> PageView:
    """What follows a press on the first button that is a form of its own and leads to this address."""
    [form, *_] = [one for one in view.all("form") if str(one.get("action")).startswith(address)]
    fields = {str(field["name"]): field["value"] for field in form.select("input")}
    return view.pages.submit(str(form["action"]), fields, status)


def where(comment: Comment) -> Status:
    db.session.refresh(comment)
    return comment.status
