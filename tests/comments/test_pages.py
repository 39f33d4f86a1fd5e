"""How readers meet replies: in order, in threads, fifty to a page, however many there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from newsite.accounts.models import User
from newsite.articles.models import Article
from newsite.comments import actions, threads
from newsite.comments.models import Comment, Status
from newsite.comments.pages import MAX_ROWS, PageNumber, RepliesPage, page_of, page_of_replies
from newsite.db import db

Send = Callable[..., Comment]
Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def fill(article: Article, now: datetime) -> Callable[[list[int]], list[int]]:
    """Puts replies on the page, without the actions, each at the given level; says their ids."""

    def make(depths: list[int]) -> list[int]:
        above: list[Comment] = []
        rows = []
        for number, depth in enumerate(depths, start=1):
            comment = Comment(id=number, created_at=now + timedelta(seconds=number), depth=depth)
            parent = above[depth - 2] if depth > 1 else None
            comment.place = threads.place(comment, parent)
            above[depth - 1 :] = [comment]
            rows.append(
                {
                    "id": number,
                    "article_id": article.id,
                    "parent_id": parent.id if parent else None,
                    "depth": depth,
                    "place": comment.place,
                    "status": Status.approved,
                    "is_on_page": True,
                    "author_name": f"Number {number}",
                    "email": "n@example.org",
                    "email_key": "n@example.org",
                    "website": "",
                    "body": "Yes.",
                    "body_html": "<p>Yes.</p>",
                    "body_policy": 1,
                    "fingerprint": str(number),
                    "badge": "",
                    "created_at": comment.created_at,
                }
            )
        db.session.execute(sa.insert(Comment.__table__), rows)  # type: ignore[arg-type]
        db.session.execute(
            sa.update(Article.__table__).values(reply_count=len(rows))  # type: ignore[arg-type]
        )
        db.session.commit()
        return [row["id"] for row in rows]  # type: ignore[misc]

    return make


def read_through(article: Article) -> list[RepliesPage]:
    """All pages, following the links to later ones; each links back to the one before."""
    pages, number = [], PageNumber()
    while True:
        page = page_of_replies(article, *number, threads_each=50)
        assert page.earlier == (pages[-1][0] if pages else None)
        pages.append((number, page))
        if page.later is None:
            return [page for _, page in pages]
        number = page.later


def test_an_article_without_replies_asks_nothing(counted: Counted, article: Article) -> None:
    assert article.id  # it is read anew here, after the commit before
    with counted() as run:
        assert page_of_replies(article, threads_each=50) == RepliesPage([])
    assert run == []


def test_replies_stand_in_their_threads_oldest_first(article: Article, approved: Send) -> None:
    first, second = approved("1"), approved("2")
    answer = approved("1.1", to=first)
    later = approved("1.2", to=first)
    deep = approved("1.1.1", to=answer)
    rows = page_of_replies(article, threads_each=50).rows
    assert [row.id for row in rows] == [c.id for c in (first, answer, deep, later, second)]
    assert [row.depth for row in rows] == [1, 2, 3, 2, 1]
    assert "<p>1</p>" in rows[0].block_html
    assert "class=" not in rows[0].block_html


def test_only_what_is_approved_is_there_and_gaps_where_answers_still_stand(
    article: Article, approved: Send, sent: Send, editor: User, now: datetime
) -> None:
    first = approved("1")
    sent("waits")
    answer = actions.answer(first, "Hello", by=editor, now=now)
    actions.trash(first, by=editor, now=now)
    db.session.commit()
    gap, staff = page_of_replies(article, threads_each=50).rows
    assert (gap.id, staff.id) == (first.id, answer.id)
    assert 'class="gap"' in gap.block_html
    assert 'class="staff"' in staff.block_html


def test_fifty_threads_make_a_page(
    article: Article, fill: Callable[[list[int]], list[int]]
) -> None:
    ids = fill([1, 2] * 120)
    pages = read_through(article)
    assert [len(page.rows) for page in pages] == [100, 100, 40]
    assert [row.id for page in pages for row in page.rows] == ids


def test_exactly_fifty_threads_are_one_page(
    article: Article, fill: Callable[[list[int]], list[int]]
) -> None:
    fill([1] * 50)
    assert page_of_replies(article, threads_each=50).later is None
    fill_more = page_of_replies(article, 2, threads_each=50)
    assert fill_more == RepliesPage([])


def test_a_long_thread_is_divided(article: Article, fill: Callable[[list[int]], list[int]]) -> None:
    ids = fill([1] * 50 + [2] * 450 + [1])
    pages = read_through(article)
    assert [len(page.rows) for page in pages] == [200, 200, 100, 1]
    assert [row.id for page in pages for row in page.rows] == ids
    for number in ("1", "1.2", "1.3", "2"):
        group, chunk = PageNumber.parse(number)
        for row in page_of_replies(article, group, chunk, threads_each=50).rows[:3]:
            comment = db.session.get(Comment, row.id)
            assert comment is not None
            assert page_of(comment, 50) == (group, chunk)


def test_a_reply_that_is_not_on_the_page_stands_on_none(sent: Send) -> None:
    assert page_of(sent(), 50) is None


@pytest.mark.parametrize("number", [(2, 1), (1, 2), (999_999, 999_999)])
def test_a_page_that_is_not_there_has_no_rows(
    article: Article, approved: Send, number: tuple[int, int]
) -> None:
    approved()
    assert page_of_replies(article, *number, threads_each=50).rows == []


def test_ten_thousand_replies_take_as_many_queries_as_sixty(
    counted: Counted, article: Article, fill: Callable[[list[int]], list[int]]
) -> None:
    ids = fill([1] + [2, 3, 3, 1] * 2_500)
    last = db.session.get_one(Comment, ids[-1])
    assert article.reply_count == 10_001
    for group, chunk, most in ((1, 1, 1), (2, 1, 4), (50, 1, 4)):
        with counted() as run:
            page = page_of_replies(article, group, chunk, threads_each=50)
        assert len(run) <= most
        assert 0 < len(page.rows) <= MAX_ROWS
    assert last.article is article
    with counted() as run:
        assert page_of(last, 50) == (51, 1)
    assert len(run) <= 3


@pytest.mark.parametrize("written", ["1", "2", "999999", "1.2", "51.3"])
def test_a_page_number_is_read_as_it_is_written(written: str) -> None:
    assert str(PageNumber.parse(written)) == written


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "-1",
        "01",
        "1.0",
        "1.1",
        "1.",
        ".1",
        "1.2.3",
        "1000000",
        "１",
        "x",
        "1 ",
        "1\n",
        "\x00",
    ],
)
def test_anything_else_is_no_page_number(written: str) -> None:
    with pytest.raises(ValueError, match="not a page"):
        PageNumber.parse(written)
