"""What stands around every page of the desk: where one may go, and how much is waiting there."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _

from newsite.accounts.models import User
from newsite.articles import desk_queries
from newsite.comments import queries as comments
from newsite.web.desk import gate

REPLIES, ARTICLES = "desk.replies.index", "desk.articles.index"
# In the order of a working day: the words, and the page that they lead to.
PLACES = (
    (_("Today"), "desk.today.index"),
    (_("Articles"), ARTICLES),
    (_("Pictures"), "desk.pictures.index"),
    (_("Replies"), REPLIES),
    (_("Sections"), "desk.sections.index"),
    (_("Tags"), "desk.tags.index"),
    (_("Contributors"), "desk.contributors.index"),
    (_("Redirects"), "desk.redirects.index"),
    (_("People"), "desk.accounts.people"),
    (_("Settings"), "desk.settings.index"),
)


@dataclass(frozen=True)
class Place:
    """One line of the navigation."""

    words: str
    address: str
    waiting: int  # things to be done there
    is_here: bool  # the page shown is there or below


def context() -> dict[str, Any]:
    """What every template of the desk is given: `user` and `places`, both empty for nobody."""
    user: User | None = g.get("user")
    return {"user": user, "places": places(user) if user else []}


def places(user: User) -> list[Place]:
    """The parts of the desk that this user may open, in their order."""
    return [
        Place(str(words), address, _waiting(endpoint, user), _is_here(address))
        for words, endpoint, address in _open_to(user)
    ]


def _open_to(user: User) -> list[tuple[Any, str, str]]:
    return [
        (words, endpoint, url_for(endpoint))
        for words, endpoint in PLACES
        if endpoint in current_app.view_functions and gate.may_open(user, endpoint)
    ]


def _waiting(endpoint: str, user: User) -> int:
    """What is to be done at a place by this user: replies read, and drafts that were handed in."""
    if endpoint == ARTICLES and user.is_editor:
        return desk_queries.in_review()
    return comments.to_do() if endpoint == REPLIES else 0


def _is_here(address: str) -> bool:
    return request.path == address or (address != gate.HOME and request.path.startswith(address))
