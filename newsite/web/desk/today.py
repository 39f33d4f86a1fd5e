"""The desk's first page: what waits, what comes next, what happened."""

from flask import Blueprint, g, render_template

from newsite.web.context import now
from newsite.web.desk import figures

bp = Blueprint("today", __name__)


@bp.get("/")
def index() -> str:
    """The numbers, one's own drafts, what appears next, and what was done."""
    return render_template("desk/today/index.html", today=figures.today(g.user, now()))
