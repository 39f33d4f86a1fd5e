"""A reply's prepared block: as its page shows it, never old, and never more than its writer may say."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask, url_for

from newsite import config
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, blocks, measures
from newsite.comments.blocks import ANSWER, REPORT, Row
from newsite.comments.models import Comment, Status
from newsite.db import db
from newsite.site.models import Site

Send = Callable[..., Comment]


def rows(article: Article) -> list[Row]:
    query = sa.select(*blocks.ROW_COLUMNS).where(Comment.article_id == article.id)
    return [Row(*row) for row in db.session.execute(query.order_by(Comment.id))]


def test_an_approved_reply_has_its_block_and_a_waiting_one_has_none(
    article: Article, sent: Send, approved: Send, site: Site
) -> None:
    sent("Wait.")
    approved("Here I am.")
    waiting, standing = rows(article)
    assert (waiting.block_html, waiting.block_mark) == ("", "")
    assert "<p>Here I am.</p>" in standing.block_html
    assert standing.block_mark == blocks.look(site).mark


def test_a_removed_reply_keeps_nothing_of_its_words(
    article: Article, approved: Send, editor: User, now: datetime
) -> None:
    comment = approved("Secret words.", author_name="Bea", website="https://bea.example/")
    actions.trash(comment, by=editor, now=now)
    db.session.commit()
    (gap,) = rows(article)
    assert gap.block_html.startswith(f'<li id="comment-{comment.id}" class="gap">')
    assert not re.search("Secret|Bea|bea", gap.block_html)
    actions.restore(comment, by=editor, now=now)
    assert "Secret words." in comment.block_html


def test_its_addresses_are_the_ones_that_the_site_has(
    app: Flask, article: Article, approved: Send
) -> None:
    comment = approved()
    with app.test_request_context():
        permalink = url_for("comments.show", article_id=article.id, comment_id=comment.id)
        answer = url_for("comments.new", article_id=article.id, to=comment.id)
    assert f'href="{permalink}"' in comment.block_html
    assert f'href="{answer}"' in comment.block_html


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("takes_reports", [True, False])
def test_links_to_answer_and_to_report_stand_where_they_lead_somewhere(
    approved: Send, is_open: bool, takes_reports: bool
) -> None:
    comment = approved("One")
    block = blocks.shown(comment.block_html, is_open=is_open, takes_reports=takes_reports)
    assert (f"replies/new?to={comment.id}" in block) is is_open
    assert (f"replies/{comment.id}/report" in block) is takes_reports
    assert "<p>One</p>" in block
    assert not re.search(f"{ANSWER}|{REPORT}", block)


def test_a_locked_thread_says_so_once_and_has_no_link_to_answer(
    approved: Send, editor: User, now: datetime
) -> None:
    first = approved(f'<a href="https://a.example/" title="{ANSWER}">One</a>')
    answer = approved("Two", to=first)
    measures.lock(answer, is_locked=True, by=editor, now=now)
    for comment, said in ((first, 1), (answer, 0)):
        block = blocks.shown(comment.block_html, is_open=True, takes_reports=True)
        assert "replies/new?to=" not in block
        assert block.count("This thread is locked.") == said
        assert f"replies/{comment.id}/report" in block
    assert "One</a>" in blocks.shown(first.block_html, is_open=False, takes_reports=False)


def test_a_gap_is_shown_whether_replies_are_open_or_not(
    approved: Send, editor: User, now: datetime
) -> None:
    comment = approved()
    actions.trash(comment, by=editor, now=now)
    shown = {
        blocks.shown(comment.block_html, is_open=is_open, takes_reports=is_open)
        for is_open in (True, False)
    }
    assert shown == {comment.block_html}
    assert "This reply was removed." in comment.block_html


def test_a_gap_says_when_its_writer_made_it(approved: Send, site: Site, now: datetime) -> None:
    comment = approved("Secret words.")
    comment.status, comment.withdrawn_at = Status.trash, now
    blocks.prepare(comment, blocks.look(site))
    assert "This reply was removed by its author." in comment.block_html
    assert "Secret" not in comment.block_html


def test_a_reply_says_when_it_was_edited(approved: Send, site: Site, now: datetime) -> None:
    comment = approved("One")
    assert "edited" not in comment.block_html
    comment.edited_at = now
    blocks.prepare(comment, blocks.look(site))
    assert "edited <time" in comment.block_html
    assert "22 November 2026, 12.00pm</time></p>" in comment.block_html


@pytest.mark.parametrize("mark", [ANSWER, REPORT])
@pytest.mark.parametrize("field", ["author_name", "body", "website"])
def test_nobody_can_write_our_mark(approved: Send, field: str, mark: str) -> None:
    hostile = f"https://x.example/{mark}<b>" if field == "website" else f"{mark} x"
    reply = approved(**{field: hostile}) if field != "website" else approved()
    if field == "website":
        reply.website = hostile
        blocks.prepare(reply, blocks.Look("en-GB", blocks.ZoneInfo("UTC")))
    closed = blocks.shown(reply.block_html, is_open=False, takes_reports=False)
    assert closed.endswith("</div>\n")
    assert closed.count("<li") == 1


def test_a_reply_whose_look_is_another_is_made_anew_for_the_page(
    article: Article, approved: Send, site: Site
) -> None:
    approved("One")
    approved("Two")
    found = rows(article)
    assert blocks.current(found, blocks.look(site)) == found
    site.timezone = "Asia/Tokyo"
    look = blocks.look(site)
    moved = blocks.current(found, look)
    assert [row.block_mark for row in moved] == [look.mark] * 2
    assert all("+09:00" in row.block_html for row in moved)
    assert rows(article) == found  # a page only reads


@pytest.mark.parametrize(
    "change",
    [
        {"author_name": "Erased"},
        {"website": "https://other.example/"},
        {"body_html": "<p>Withheld</p>"},
        {"user_id": None, "badge": "Branch"},
        {"edited_at": datetime.fromisoformat("2026-11-22T12:00:00+00:00")},
        {"created_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")},
    ],
)
def test_whoever_changes_what_a_block_shows_makes_it_old(
    article: Article, approved: Send, site: Site, change: dict[str, object]
) -> None:
    comment = approved("One")
    for name, value in change.items():
        setattr(comment, name, value)
    db.session.commit()
    (row,) = rows(article)
    assert row.block_mark == ""
    (now_shown,) = blocks.current([row], blocks.look(site))
    blocks.prepare(comment, blocks.look(site))
    assert comment.block_html == now_shown.block_html != row.block_html or "badge" in change


def test_words_of_an_older_policy_are_cleaned_again_before_they_are_shown(
    article: Article, approved: Send, site: Site
) -> None:
    comment = approved("Plain words.")
    comment.body_html, comment.body_policy = "<script>old</script>", 0
    db.session.commit()
    (row,) = blocks.current(rows(article), blocks.look(site))
    assert "<p>Plain words.</p>" in row.block_html
    assert "script" not in row.block_html
    blocks.prepare(comment, blocks.look(site))
    assert (comment.body_html, comment.body_policy) == ("<p>Plain words.</p>", blocks.POLICY)


def test_a_reply_that_is_deleted_while_its_page_is_made_is_left_out(
    site: Site, now: datetime
) -> None:
    deleted = Row(99, 1, "old", "", Status.approved, "Ann", now, "")
    assert blocks.current([deleted], blocks.look(site)) == []


def test_the_look_changes_with_the_template_the_words_and_the_place(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = {blocks.look(site).mark}
    for language, timezone in (("de", "Europe/London"), ("en-GB", "Asia/Tokyo"), ("de", "UTC")):
        site.language, site.timezone = language, timezone
        marks.add(blocks.look(site).mark)
    blocks._marked.cache_clear()
    monkeypatch.setattr(blocks, "POLICY", blocks.POLICY + 1)
    marks.add(blocks.look(site).mark)
    blocks._marked.cache_clear()
    assert len(marks) == 5


def test_the_template_asks_for_nothing_of_a_request() -> None:
    source = (config.folder("templates") / "comments" / "_reply.html").read_text()
    code = " ".join(re.findall(r"{[{%].*?[}%]}", source))
    assert not re.search(r"url_for|\bsite\b|request", code)


def test_a_status_that_is_no_approval_is_a_gap(site: Site) -> None:
    look = blocks.look(site)
    for status in Status:
        sample = blocks._SAMPLES[0]._replace(status=status)
        assert ('class="gap"' in blocks.html(sample, look)) is (status is not Status.approved)
