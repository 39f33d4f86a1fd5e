"""The replies under an article: lists in lists, each closed again, and everybody's words kept tame."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Pages

from newsite import changes
from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions
from newsite.comments.blocks import Row
from newsite.comments.models import Comment, Status
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.site.models import Site
from newsite.web.comments.section import nested

ALLOWED = {"ol", "ul", "li", "p", "b", "bdi", "a", "time", "div", "br", "span"}
ALLOWED |= {"strong", "em", "code", "pre", "blockquote"}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def approved(article: Article, editor: User, now: datetime) -> Callable[..., Comment]:
    """Puts a reply on the page."""

    def make(body: str = "Hello.", *, to: Comment | None = None, **given: Any) -> Comment:
        values = {"author_name": "Ann", "email": "ann@example.org", "website": ""}
        reply = NewReply(body=body, parent_id=to.id if to else None, **(values | given))
        comment = actions.submit_reply(article, reply, now=now)
        actions.approve(comment, by=editor, now=now)
        db.session.commit()
        return comment

    return make


def row(number: int, depth: int) -> Row:
    return Row(number, depth, "<li>", "", Status.approved, "Ann", NOON, "")


def parents(soup: Tag) -> dict[int, int | None]:
    """For each reply, the one in whose list it stands."""
    found = {}
    for item in soup.select("li"):
        above = item.find_parent("li")
        found[int(str(item["id"]))] = int(str(above["id"])) if above else None
    return found


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.integers(1, 5), max_size=40))
def test_any_order_of_levels_makes_lists_that_close(depths: list[int]) -> None:
    html = "<ol>"
    for reply, has_answers, closed in nested([row(n, depth) for n, depth in enumerate(depths)]):
        html += f'<li id="{reply.id}">'
        html += "<ol>" if has_answers else "</li>" + "</ol></li>" * closed
    html += "</ol>"
    assert html.count("<ol>") == html.count("</ol>")
    assert html.count("<li") == html.count("</li>")
    expected = {
        number: next((above for above in reversed(range(number)) if depths[above] < depth), None)
        for number, depth in enumerate(depths)
    }
    assert parents(BeautifulSoup(html, "html.parser")) == expected


@pytest.mark.parametrize(("count", "words"), [(1, "1 reply"), (2, "2 replies")])
def test_replies_are_counted_in_words(
    pages: Pages, article: Article, approved: Callable[..., Comment], count: int, words: str
) -> None:
    for number in range(count):
        approved(f"No. {number}")
    assert pages.get(article.path or "").texts("#replies > h2") == [words]


def test_the_authors_first_answer_is_pointed_out(
    make_article: Callable[..., Article], admin: User, editor: User, pages: Pages, now: datetime
) -> None:
    article = make_article(by=editor)

    def asked(minute: int) -> Comment:
        sent = NewReply("Ann", "ann@example.org", "", f"Question {minute}?")
        return actions.submit_reply(article, sent, now=now + timedelta(minutes=minute))

    actions.answer(asked(1), "From the desk.", by=admin, now=now)
    db.session.commit()
    assert "The author replied" not in pages.get(str(article.path)).text
    answers = [actions.answer(asked(at), f"Yes, {at}.", by=editor, now=now) for at in (2, 3)]
    db.session.commit()
    link = pages.get(str(article.path)).all("#replies > .facts a")[0]
    assert link.text == "The author replied"
    assert link["href"] == f"/articles/{article.id}/replies/{answers[0].id}"
    actions.trash(answers[0], by=editor, now=now)
    db.session.commit()
    link = pages.get(str(article.path)).all("#replies > .facts a")[0]
    assert str(link["href"]).endswith(f"/{answers[1].id}")


def test_an_article_without_replies_says_so_and_offers_the_form(
    pages: Pages, article: Article
) -> None:
    page = pages.get(article.path or "")
    assert page.texts("#replies > h2") == ["No replies yet."]
    assert page.texts("#respond > h2") == ["Leave a Reply"]


def test_a_closed_article_says_so_and_keeps_its_replies(
    pages: Pages, article: Article, approved: Callable[..., Comment]
) -> None:
    article.replies_open = False
    db.session.commit()
    page = pages.get(article.path or "")
    assert page.all("form") == []
    assert page.all("#replies") == []
    article.replies_open = True
    approved("Still here.")
    article.replies_open = False
    db.session.commit()
    page = pages.get(article.path or "")
    assert "Still here." in page.text
    assert "Replies to this article are closed." in page.one("#replies").get_text()
    assert page.all("form") == []
    assert page.texts(".thread li > a") == ["Report"]


def test_the_day_on_which_replies_close_is_told_before_it_comes(
    app: Flask, pages: Pages, article: Article, site: Site, now: datetime
) -> None:
    article.published_at, site.replies_close_days = now - timedelta(days=1), 14
    db.session.commit()
    page = pages.get(article.path or "")
    assert "Replies close on 5 December 2026" in page.texts("#respond .facts")
    assert page.one("#respond time")["datetime"] == "2026-12-05T12:00:00+00:00"
    last = now + timedelta(days=13, seconds=-1)
    app.config["NEWSITE_CLOCK"] = lambda: last
    page = pages.get(article.path or "")
    assert page.all("#respond")
    assert "s-maxage=1" in page.response.headers["Cache-Control"]
    app.config["NEWSITE_CLOCK"] = lambda: last + timedelta(seconds=1)
    page = pages.get(article.path or "")
    assert page.all("#respond") == []
    site.replies_close_days = None
    changes.touch(changes.SITE)
    db.session.commit()
    page = pages.get(article.path or "")
    assert page.texts("#respond .facts") == ["Your data"]
    assert page.all("#respond")


def test_the_rules_of_the_house_stand_over_the_form(
    pages: Pages, article: Article, site: Site
) -> None:
    assert pages.get(article.path or "").all(".rules") == []
    site.house_rules = "Be kind.\n\n<b>Stay on topic.</b>"
    changes.touch(changes.SITE)
    db.session.commit()
    for path in (article.path or "", f"/articles/{article.id}/replies/new"):
        page = pages.get(path)
        assert page.texts("div.rules > p") == ["House rules", "Be kind. <b>Stay on topic.</b>"]
    site.house_rules = "Be kind. " * 40
    changes.touch(changes.SITE)
    db.session.commit()
    page = pages.get(article.path or "")
    assert page.texts("details.rules > summary") == ["House rules"]
    assert "open" not in page.one("details.rules").attrs


def test_so_many_threads_stand_on_a_page_as_the_site_says(
    pages: Pages, article: Article, site: Site, approved: Callable[..., Comment]
) -> None:
    made = [approved(f"No. {number}") for number in range(6)]
    answer = approved("An answer", to=made[5])
    site.replies_threads = 5
    changes.touch(changes.SITE)
    db.session.commit()
    assert len(pages.get(article.path or "").all(".thread > li")) == 5
    second = pages.get(f"{article.path}?replies=2")
    assert second.texts(".thread > li > div") == ["No. 5"]
    lead = pages.fetch(f"/articles/{article.id}/replies/{answer.id}")
    assert (lead.location or "").endswith(f"?replies=2#comment-{answer.id}")


def test_a_thread_is_shown_as_lists_in_lists(
    pages: Pages, article: Article, approved: Callable[..., Comment], editor: User, now: datetime
) -> None:
    first = approved("One", website="https://example.net/")
    second = approved("Two", author_name="Bea", to=first)
    staff = actions.answer(second, "Three", by=editor, now=now)
    last = approved("Four")
    actions.trash(second, by=editor, now=now)
    db.session.commit()
    page = pages.get(article.path or "")
    assert [str(item["id"]) for item in page.all(".thread > li")] == [
        f"comment-{first.id}",
        f"comment-{last.id}",
    ]
    gap = page.one(f"#comment-{first.id} > ol > li.gap")
    assert gap.p is not None
    assert gap.p.get_text() == "This reply was removed."
    assert "Two" not in page.text
    assert "Bea" not in page.text
    answer = page.one(f"#comment-{second.id} > ol > li.staff")
    assert answer["id"] == f"comment-{staff.id}"
    assert "Staff" in answer.get_text()
    link = page.one(f"#comment-{first.id} > p b a")
    assert (link["href"], link["rel"]) == ("https://example.net/", ["nofollow", "ugc", "noopener"])
    permalink = page.one(f"#comment-{first.id} > p > a")
    assert permalink["href"] == f"/articles/{article.id}/replies/{first.id}"
    assert permalink.select('time[datetime^="2026-11-22T12:00"]')
    reply_link, report_link = page.all(f"#comment-{first.id} > a")
    assert str(report_link["href"]).endswith(f"/{first.id}/report")
    assert reply_link["href"] == f"/articles/{article.id}/replies/new?to={first.id}"
    assert page.one(f"#comment-{first.id} > div")["dir"] == "auto"


def test_more_than_fifty_threads_are_paged_with_links_both_ways(
    pages: Pages, article: Article, approved: Callable[..., Comment]
) -> None:
    for number in range(51):
        approved(f"No. {number}.")
    first = pages.get(article.path or "")
    assert len(first.all(".thread > li")) == 50
    second = first.follow("Later replies")
    assert second.texts(".thread > li > div") == ["No. 50."]
    assert second.texts("#replies > h2") == ["51 replies"]
    assert second.link("Earlier replies") == f"{article.path}#replies"


@pytest.mark.parametrize("asked", ["2", "1.2", "0", "x", "", "1.1", "999999", "%00", "-1"])
def test_a_page_of_replies_that_is_not_there_is_not_found(
    pages: Pages, article: Article, approved: Callable[..., Comment], asked: str
) -> None:
    approved()
    pages.get(f"{article.path}?replies={asked}", 404)
    pages.get(f"{article.path}?replies=1")


def test_the_form_is_in_a_drafts_preview(app: Flask, article: Article, now: datetime) -> None:
    from newsite.articles.models import State
    from newsite.web.comments import reply_section

    article.state = State.draft
    with app.test_request_context("/desk/articles/1/preview"):
        assert reply_section(article).form_html is not None
        article.replies_open = False
        assert reply_section(article).form_html is None


def test_attacks_stay_words_wherever_they_are_shown(
    pages: Pages, article: Article, editor: User, now: datetime, fixtures_folder: Path
) -> None:
    attacks: list[str] = []
    for file in sorted((fixtures_folder / "fixtures" / "xss").glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        attacks += [line for line in lines if line.strip()][:60]
    assert len(attacks) > 100
    once = {" ".join(attack.casefold().split()): attack for attack in attacks}  # a reply is, too
    for number, attack in enumerate(once.values()):
        name = attack[:240] if attack.strip() else "Ann"
        reply = NewReply(name or "Ann", f"a{number}@example.org", attack[:200], attack[:5_000])
        if actions.submission.problems(reply.tidied()).keys() - {"website"}:
            continue
        fine = NewReply(reply.author_name, reply.email, "", reply.body)
        comment = actions.submit_reply(article, fine, now=now)
        actions.approve(comment, by=editor, now=now)
    db.session.commit()
    path: str | None = article.path
    seen = 0
    while path:
        page = pages.get(path)  # checks: no inline script, style or handler, nothing from elsewhere
        thread = page.one(".thread")
        seen += len(page.all(".thread > li"))
        for tag in thread.find_all(True):
            assert tag.name in ALLOWED, tag
            for value in (str(tag.get("href", "")), str(tag.get("src", ""))):
                assert (
                    value.startswith(("http://", "https://", "mailto:", "/articles/")) or not value
                )
        later = [a for a in page.all(".paging a") if a.get_text() == "Later replies"]
        path = str(later[0]["href"]).partition("#")[0] if later else None
    assert seen > 100
