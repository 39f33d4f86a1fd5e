"""The page that most would write first: a Flask view, Flask-SQLAlchemy's models, a Jinja template.

It shows what the site's own page of an article shows, from the same database. Each thing is asked for by one
ORM query, and a macro writes the replies.
"""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, render_template, request
from flask_sqlalchemy import SQLAlchemy
from jinja2.filters import do_striptags
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of these models; they share no code with the site's."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
tagged = sa.Table(
    "article_tags",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tags.id"), primary_key=True),
)
credited = sa.Table(
    "credits",
    Base.metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("contributor_id", sa.ForeignKey("contributors.id"), primary_key=True),
)


class Section(Base):
    """A part of the paper."""

    __tablename__ = "sections"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]


class Tag(Base):
    """A tag."""

    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]


class Contributor(Base):
    """Who wrote it."""

    __tablename__ = "contributors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str]


class Article(Base):
    """An article."""

    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    path: Mapped[str]
    title: Mapped[str]
    standfirst: Mapped[str]
    body_html: Mapped[str]
    published_at: Mapped[datetime]
    reply_count: Mapped[int]
    section_id: Mapped[int] = mapped_column(sa.ForeignKey("sections.id"))
    section: Mapped[Section] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=tagged, order_by=Tag.name)
    contributors: Mapped[list[Contributor]] = relationship(secondary=credited)


class Comment(Base):
    """A reply."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]
    parent_id: Mapped[int | None]
    status: Mapped[str]
    place: Mapped[str]
    author_name: Mapped[str]
    website: Mapped[str]
    body_html: Mapped[str]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]


def create_app(database_url: str) -> Flask:
    """The app over the site's own database."""
    app = Flask(__name__, template_folder=str(Path(__file__).parent))
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)

    @app.get("/<path:path>")
    def show(path: str) -> str:
        article = db.first_or_404(sa.select(Article).where(Article.path == f"/{path}"))
        return render_template("naive.html", article=article, **_around(article))

    return app


def _around(article: Article) -> dict[str, object]:
    """The replies, and the articles beside and like this one."""
    listed = sa.select(Article).where(Article.kind == "article", Article.state == "published")
    newest, at = Article.published_at.desc(), article.published_at
    before = listed.where(Article.published_at < at).order_by(newest)
    after = listed.where(Article.published_at > at).order_by(Article.published_at)
    related = listed.where(Article.section_id == article.section_id, Article.id != article.id)
    replies = sa.select(Comment).where(
        Comment.article_id == article.id, Comment.status == "approved"
    )
    answers: dict[int | None, list[Comment]] = {}
    found = list(db.session.scalars(replies.order_by(Comment.place)))
    for reply in found:
        answers.setdefault(reply.parent_id, []).append(reply)
    return {
        "answers": answers,
        "said": _said(article, found),
        "count": sum(map(len, answers.values())),
        "previous": db.session.scalar(before.limit(1)),
        "next": db.session.scalar(after.limit(1)),
        "related": list(db.session.scalars(related.order_by(newest).limit(3))),
    }


def _said(article: Article, replies: list[Comment]) -> dict[str, object]:
    """What the page says of itself to search engines, with its first replies."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.standfirst,
        "datePublished": article.published_at.isoformat(),
        "author": [{"@type": "Person", "name": one.name} for one in article.contributors],
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Measured Paper"},
        "mainEntityOfPage": request.url,
        "articleSection": article.section.name,
        "commentCount": len(replies),
        "comment": [
            {
                "@type": "Comment",
                "author": {"@type": "Person", "name": one.author_name},
                "dateCreated": one.created_at.isoformat(),
                "text": do_striptags(one.body_html)[:200],
                "url": f"{request.host_url}articles/{article.id}/replies/{one.id}",
            }
            for one in replies[:3]
        ],
    }
