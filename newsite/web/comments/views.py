"""Sending a reply, answering one, and seeing what became of it."""

from typing import TypeVar

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import ngettext
from werkzeug.exceptions import Gone
from werkzeug.wrappers import Response

from newsite import limits
from newsite.articles import queries as articles
from newsite.articles import subjects
from newsite.articles.closing import closes_at
from newsite.articles.models import Article, State
from newsite.articles.subjects import Subject
from newsite.comments import arriving, letters, links, queries
from newsite.comments.arriving import Stored
from newsite.comments.pages import page_of
from newsite.comments.rules import Sender
from newsite.db import db, expect
from newsite.errors import RuleBroken, ThreadLocked, TooFast
from newsite.web.comments.form import ReplyForm, number, reply_form
from newsite.web.comments.section import page_address
from newsite.web.context import current_site, now
from newsite.web.headers import private

LIMITS = ("5 per 1 minute", "30 per 1 hour")  # from one address: a branch meeting shares one

T = TypeVar("T", Article, Subject)

bp = Blueprint("comments", __name__)


@bp.post("/articles/<id:article_id>/replies")
def create(article_id: int) -> Response:
    """Takes a reply, or gives it back with what has to change."""
    wait = _flood()  # counted before anything is read
    expect(only_reads=True)  # on SQLite one writes at a time: not while a form is read and checked
    article = _seen(subjects.by_id(article_id))
    form = reply_form(article, now(), request.form)
    if wait:
        return _refused(article_id, form, _too_many(wait))
    if not form.validate():
        return _form_page(article_id, form, 422)
    try:
        stored = _stored(article, form)
    except RuleBroken as error:
        db.session.rollback()  # others may write while this is told
        expect(only_reads=True)
        return _refused(article_id, form, error)
    right = links.VIEW if stored.is_repeat else links.OWN
    return redirect(links.status_path(stored.id, right, now=now()), 303)


@bp.get("/articles/<id:article_id>/replies/new")
def new(article_id: int) -> Response:
    """The form on a page of its own; with `?to=`, the comment that it answers stands above it."""
    article = _public(article_id)
    form = reply_form(article, now(), to=number(request.args.get("to", "")))
    return _form_page(article_id, form, 200)


@bp.get("/articles/<id:article_id>/replies/<id:comment_id>")
def show(article_id: int, comment_id: int) -> Response:
    """Leads to a reply, on whichever page it stands by now."""
    article = _public(article_id)
    comment = queries.by_id(comment_id)
    threads_each = current_site().replies_threads
    is_here = comment is not None and comment.article_id == article.id
    page = page_of(comment, threads_each) if comment is not None and is_here else None
    if page is None:
        abort(404)
    return redirect(page_address(article, page, f"#comment-{comment_id}"), 302)


def _stored(article: Subject, form: ReplyForm) -> Stored:
    """The reply, written down. All that takes long comes before the line in which those who write stand."""
    site, sender, trap = current_site(), _sender(), form.suspicion()
    reply = form.value()
    arrival = arriving.prepare(article, reply, site, sender=sender, now=now(), suspicion=trap)
    db.session.rollback()
    expect(only_reads=False)
    stored = arriving.store(arrival, now=now())
    if not stored.is_repeat:
        letters.ask_to_confirm(stored, now=now())
    db.session.commit()
    return stored


def _flood() -> int:
    """Counts this try; seconds to wait for an address that sends too much in too short a time, else 0."""
    address = limits.network(request.remote_addr)
    for limit in LIMITS:
        if not limits.hit("reply", address, limit, now=now()):
            return limits.seconds_left("reply", address, limit, now=now())
    return 0


def _sender() -> Sender:
    """Who sends, for the rules."""
    address = request.remote_addr or ""
    agent = request.headers.get("User-Agent", "")
    return Sender(network=limits.prefix(address), agent=agent, address=address)


def _too_many(seconds: int) -> TooFast:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "That was quick. Wait a minute, then post your reply again.",
        "That was a lot. Wait %(num)d minutes, then post your reply again.",
        minutes,
    )
    return TooFast(sentence, seconds=seconds)


def _refused(article_id: int, form: ReplyForm, error: RuleBroken) -> Response:
    """The form with its text, and what a rule said. Sent again, an answer in a locked thread stands by itself."""
    form.refuse(error)
    if isinstance(error, ThreadLocked):
        form.to.data = ""
    response = _form_page(article_id, form, error.status)
    if isinstance(error, TooFast):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _public(article_id: int) -> Article:
    """The article, if readers may see it; else 404, or 410 if it was withdrawn."""
    return _seen(articles.without_text(article_id))


def _seen(article: T | None) -> T:
    """The same article, if readers may see it; else 404, or 410 if it was withdrawn."""
    if article is not None and article.state is State.withdrawn:
        raise Gone(article.withdrawn_reason or None)
    if article is None or not article.is_public(now()):
        abort(404)
    return article


def _form_page(article_id: int, form: ReplyForm, status_code: int) -> Response:
    """The form on a page of its own; also under an article that was withdrawn a moment ago, for the words in it."""
    article = articles.without_text(article_id) or abort(404)
    answered = queries.answerable(article.id, form.value().parent_id)
    close_days = current_site().replies_close_days
    is_open = arriving.takes_replies(article, now(), close_days)
    body = render_template(
        "comments/new.html",
        article=article,
        form=form,
        answered=answered,
        is_open=is_open,
        closes_at=closes_at(article.published_at, close_days) if is_open else None,
    )
    return private(body, status_code)
