"""All pictures, newest first, to be looked at or to be chosen from."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from newsite.articles import pictures
from newsite.media import printing, queries
from newsite.media.models import Picture
from newsite.text import tidy_line
from newsite.web.articles import place_asked
from newsite.web.desk.pictures.blueprint import bp

MAX_IDS = 100  # pictures that a script asks for at once: more than a text shows


@bp.get("/")
def index() -> ResponseReturnValue:
    """The pictures with the words that were asked for, and the form that takes more in."""
    return grid()


@bp.get("/pick")
def pick() -> dict[str, Any]:
    """The same for the editor's script: pictures, and where the next begin; or those of `ids`, which a text shows."""
    if "ids" in request.args:
        ids = _ids_asked()
        found = queries.pictures(ids)
        return {"pictures": [as_data(found[one]) for one in ids if one in found], "next": None}
    page = queries.newest(tidy_line(request.args.get("q", "")), before=place_asked())
    return {
        "pictures": [as_data(one) for one in page.items],
        "next": str(page.next) if page.next else None,
    }


def grid(refused: list[dict[str, str]] | None = None, status: int = 200) -> ResponseReturnValue:
    """The page with all pictures; `refused` are files that were not taken in, with the reason."""
    words = tidy_line(request.args.get("q", ""))
    page = queries.newest(words, before=place_asked())
    shown = render_template(
        "desk/pictures/index.html",
        words=words,
        page=page,
        used=pictures.used(one.id for one in page.items),
        refused=refused or [],
    )
    return shown, status


def as_data(picture: Picture) -> dict[str, Any]:
    """A picture as scripts of the desk are told of it."""
    names = ("id", "name", "alt", "is_decorative", "caption", "credit", "width", "height")
    return {name: getattr(picture, name) for name in names} | {"src": printing.small(picture)}


def _ids_asked() -> list[int]:
    sent = request.args["ids"].split(",")[:MAX_IDS]
    return [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) <= 9]
