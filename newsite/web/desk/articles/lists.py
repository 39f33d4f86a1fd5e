"""The list of articles and pages, by state and by whatever somebody looks for."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from newsite.articles import actions, desk_queries, queries
from newsite.articles.desk_queries import Asked, Shelf
from newsite.articles.models import Article, Kind, State
from newsite.db import MAX_ID
from newsite.errors import NotAllowed
from newsite.text import tidy_line
from newsite.web.articles import place_asked
from newsite.web.context import now
from newsite.web.desk.articles.blueprint import bp
from newsite.web.templating import article_url

SHELVES = {
    None: _("All"),
    Shelf.draft: _("Drafts"),
    Shelf.review: _("In review"),
    Shelf.scheduled: _("Scheduled"),
    Shelf.published: _("Published"),
    Shelf.withdrawn: _("Withdrawn"),
    Shelf.trash: _("Trash"),
}


@dataclass(frozen=True)
class Line:
    """An article on the list, where it stands, and where a click on its title leads, if anywhere."""

    article: Article
    shelf: Shelf
    address: str | None


@bp.get("/")
def index() -> str:
    """The articles that were asked for, last saved first; a writer sees their own, and finds what is out too."""
    asked = asked_for(request.args)
    page = desk_queries.listed(asked, now=now(), before=place_asked())
    chosen = {
        "kind": asked.kind,
        "section": asked.section,
        "writer": asked.writer if g.user.is_editor else None,
        "q": asked.sought or None,
    }
    return render_template(
        "desk/articles/index.html",
        asked=asked,
        chosen=chosen,
        shelves=SHELVES,
        counts=desk_queries.counts(now(), writer=None if g.user.is_editor else g.user.id),
        counted=desk_queries.COUNTED,
        lines=[Line(one, shelf_of(one), way_to(one)) for one in page.items],
        next=page.next,
        sections=queries.sections(),
        writers=desk_queries.writers() if g.user.is_editor else [],
    )


def asked_for(sent: MultiDict[str, str]) -> Asked:
    """What an address asks for; what makes no sense in it is left out."""
    sought = tidy_line(sent.get("q", ""))
    writer = _id(sent.get("writer")) if g.user.is_editor else g.user.id
    is_reader = bool(sought) and not g.user.is_editor
    return Asked(
        shelf=_member(Shelf, sent.get("state")),
        kind=_member(Kind, sent.get("kind")),
        section=_id(sent.get("section")),
        writer=None if is_reader else writer,
        reader=writer if is_reader else None,
        sought=sought,
    )


def shelf_of(article: Article) -> Shelf:
    """Where an article stands at this moment."""
    return Shelf.scheduled if article.is_scheduled(now()) else Shelf(article.state.value)


def way_to(article: Article) -> str | None:
    """The editor, for those who may open it there; else the article's page, if it has one."""
    try:
        if article.state is State.review:
            actions.require_may_see(article, g.user)
        else:
            actions.require_may_edit(article, g.user)
    except NotAllowed:
        return article_url(article) if article.is_public(now()) else None
    return url_for("desk.articles.edit", article_id=article.id)


def _member(kind: Any, value: str | None) -> Any:
    return kind(value) if value in set(kind) else None


def _id(value: str | None) -> int | None:
    is_id = value is not None and value.isascii() and value.isdigit() and len(value) <= 10
    return int(value) if is_id and 0 < int(value) <= MAX_ID else None  # type: ignore[arg-type]
