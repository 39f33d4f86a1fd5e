"""Printing the demo's paper: through the same actions that the desk calls, at the times that its texts name."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from newsite import changes
from newsite.accounts.models import User
from newsite.articles import actions as articles
from newsite.articles import paths, queries, taxonomy
from newsite.articles.drafts import Draft
from newsite.articles.models import (
    Article,
    Contributor,
    ContributorKind,
    Format,
    Kind,
    Label,
    Precision,
    Section,
    State,
)
from newsite.articles.paths import Reserved
from newsite.comments import actions as comments
from newsite.comments import own, reports
from newsite.comments.models import Comment, ReportReason
from newsite.comments.spam import learning
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.demo import reading
from newsite.demo.reading import Text
from newsite.site.models import Site

DECISIONS = {"approved": comments.approve, "spam": comments.mark_spam, "trash": comments.trash}
REPORTER = "192.0.2.0/24"  # a network that is nobody's
WITHDRAWN_AFTER = timedelta(days=2)
WITHDRAWN_BECAUSE = "A letter of 2022 changes what the article says. We are reading it."


@dataclass(frozen=True)
class Desk:
    """Who prints the paper, and when."""

    site: Site
    people: dict[str, User]  # by email
    pictures: dict[str, int]  # their ids, by name
    admin: User
    now: datetime
    reserved: Reserved

    def around(self, at: datetime) -> dict[str, Any]:
        """What every action on articles is told."""
        return {"by": self.admin, "now": at, "site": self.site, "reserved": self.reserved}


def describe(site: Site, told: dict[str, Any]) -> None:
    """Gives the site its name and looks, its menus, sections and contributors."""
    for name in ("name", "tagline", "description", "language", "timezone", "accent", "footer"):
        setattr(site, name, told[name])
    site.header_menu, site.footer_menu = told["header_menu"], told["footer_menu"]
    for section in told["sections"]:
        taxonomy.save_section(None, **section)
    for someone in told["contributors"]:
        taxonomy.save_contributor(None, **someone | {"kind": ContributorKind(someone["kind"])})
    changes.touch(changes.SITE, changes.FRONT)


def print_texts(desk: Desk) -> None:
    """Writes the pages and the articles; each is published, scheduled or left a draft as its head says."""
    for text in reading.texts("pages"):
        _print_page(text, desk)
    for text in reading.texts("articles"):
        _print_article(text, desk)


def print_replies(desk: Desk) -> None:
    """Sends the replies and decides about them, then withdraws what was withdrawn after them."""
    sent: dict[str, Comment] = {}
    for told in reading.table("replies.toml")["reply"]:
        sent[told["id"]] = _reply(told, sent.get(told.get("parent", "")), desk)
    for text in reading.texts("articles"):
        if text.head.get("state") == "withdrawn":
            article, at = _by_slug(text.head["slug"]), text.instant("published_at") or desk.now
            articles.withdraw(
                article,
                reason=WITHDRAWN_BECAUSE,
                by=desk.admin,
                now=at + WITHDRAWN_AFTER,
                site=desk.site,
            )
    learning.ask(now=desk.now)  # no decision was made at the time that its text names


def page_draft(text: Text) -> Draft:
    """A page as its file has it, at an address without a date."""
    return Draft(
        title=text.head["title"],
        standfirst=text.head.get("standfirst", ""),
        body=text.body,
        body_format=Format(text.head["format"]),
        path=f"/{text.head['slug']}/",
        replies_open=False,
    )


def _print_page(text: Text, desk: Desk) -> None:
    draft, around = page_draft(text), desk.around(desk.now)
    page = queries.by_path(draft.path)
    if page is None:
        page = articles.create(draft, kind=Kind.page, **around)
    else:
        draft = replace(draft, published_at=page.published_at)
        articles.save(page, draft, version=page.version, **around)
    if page.state is not State.published:
        articles.publish(page, **around)


def _print_article(text: Text, desk: Desk) -> None:
    head = text.head
    at = text.instant("published_at")
    if "publish_in_days" in head:
        at = desk.now + timedelta(days=head["publish_in_days"])
    draft = Draft(
        title=head["title"],
        standfirst=head["standfirst"],
        body=_pictured(text.body, desk.pictures),
        body_format=Format(head["format"]),
        byline=head["byline"],
        contributors=_ids(Contributor, head["contributors"]),
        section=_ids(Section, [head["section"]])[0],
        tags=tuple(head["tags"]),
        label=Label(head["label"]),
        lead_picture_id=desk.pictures.get(head.get("lead_picture", "")),
        path=_path(head["slug"], at or desk.now, desk.site),
        first_published=text.day("first_published"),
        first_published_precision=Precision(head.get("first_published_precision", "day")),
        published_at=at,
        source_name=head.get("source_name", ""),
        source_url=head.get("source_url", ""),
        source_is_original=head.get("source_is_original", False),
        replies_open=head.get("replies_open", True),
        is_sticky=head.get("sticky", False),
    )
    around = desk.around(min(at or desk.now, desk.now))
    article = articles.create(draft, **around)
    if at is not None:
        articles.publish(article, **around)


def _pictured(body: str, pictures: dict[str, int]) -> str:
    """The body with the numbers of its pictures where it names them."""
    for name, picture_id in pictures.items():
        body = body.replace(f'data-picture="{name}"', f'data-picture="{picture_id}"')
    return body


def _reply(told: dict[str, Any], parent: Comment | None, desk: Desk) -> Comment:
    article, at = _by_slug(told["article"]), reading.instant(told["at"])
    answering = desk.people.get(told.get("staff", ""))
    if answering is not None and answering.is_editor and parent is not None:
        return comments.answer(parent, told["body"], by=answering, now=at)
    reply = NewReply(
        told["name"],
        told["email"],
        told.get("website", ""),
        told["body"],
        parent.id if parent else None,
    )
    comment = comments.submit_reply(article, reply, now=at)
    decision = DECISIONS.get(told["status"])
    if decision is not None:
        decision(comment, by=desk.admin, reason=told.get("reason", ""), now=at)
    if "report" in told:
        reports.report(comment, ReportReason.other, told["report"], reporter=REPORTER, now=at)
    if "appeal" in told:
        own.appeal(comment, told["appeal"], now=at)
    return comment


def _by_slug(slug: str) -> Article:
    query = sa.select(Article).where(Article.path_key.endswith(f"/{slug}", autoescape=True))
    return db.session.scalars(query).one()


def _ids(model: type[Section | Contributor], slugs: list[str]) -> tuple[int, ...]:
    """Their ids, in the order of the slugs."""
    rows = db.session.execute(sa.select(model.slug, model.id).where(model.slug.in_(slugs)))
    found = {row.slug: row.id for row in rows}
    return tuple(found[slug] for slug in slugs)


def _path(slug: str, at: datetime, site: Site) -> str:
    day = at.astimezone(site.zone).date()
    return paths.from_pattern(site.path_pattern, title=slug, day=day, section="", fallback=slug)
