"""The desk: where staff write, publish and moderate. One gate stands before all of it."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from newsite.web.desk import (
    accounts,
    amounts,
    articles,
    contributors,
    gate,
    navigation,
    pictures,
    redirects,
    replies,
    search,
    sections,
    settings,
    tags,
    times,
    today,
)
from newsite.web.headers import PRIVATE

CHILDREN = (
    accounts.bp,
    articles.bp,
    contributors.bp,
    redirects.bp,
    pictures.bp,
    replies.bp,
    search.bp,
    sections.bp,
    settings.bp,
    tags.bp,
    today.bp,
)

bp = Blueprint("desk", __name__, url_prefix="/desk")


bp.url_value_preprocessor(amounts.make_room)
bp.register_error_handler(413, amounts.refuse)
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
