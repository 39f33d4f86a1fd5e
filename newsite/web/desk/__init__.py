"""The desk: where staff write, publish and moderate. One gate stands before all of it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from newsite.web.desk import (
    accounts,
    articles,
    contributors,
    gate,
    navigation,
    replies,
    sections,
    settings,
    tags,
    times,
    today,
)
from newsite.web.headers import PRIVATE

MAX_BYTES = 4 * 1024 * 1024  # 200,000 characters, percent-encoded, whatever they are written in
CHILDREN = (
    accounts.bp,
    articles.bp,
    contributors.bp,
    replies.bp,
    sections.bp,
    settings.bp,
    tags.bp,
    today.bp,
)

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.url_value_preprocessor
def make_room(endpoint: str | None, values: object) -> None:
    """Lets an article through, which is longer than what a reader may send, and a logo.

    Called before the first check, since forms are read before the gate: a text that comes after
    its session has ended is read too, and shown again.
    """
    request.max_content_length = request.max_form_memory_size = MAX_BYTES


for child in CHILDREN:
    bp.register_blueprint(child)
bp.before_request(gate.admit)
bp.context_processor(navigation.context)
bp.add_app_template_filter(times.when)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Marks every page of the desk as one that nobody may keep."""
    response.headers["Cache-Control"] = PRIVATE
    return response


@bp.record_once
def _lead_from_login(state: object) -> None:
    """WordPress's people look for the desk at /login."""
    state.app.add_url_rule("/login", "login", _to_login)  # type: ignore[attr-defined]


def _to_login() -> Response:
    return redirect(url_for(gate.LOGIN), 301)
