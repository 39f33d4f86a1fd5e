"""Whatever comes into the editor's fields: a sentence at the field, the text kept, never a broken page."""

from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
from pages import TOKEN, Pages, PageView
from werkzeug.test import TestResponse

from newsite.articles.models import Article, Tag
from newsite.db import db

GOOD = {"title": "Night shift", "body": "The count was at six."}
FIELDS = [
    "title", "standfirst", "body", "body_format", "byline", "contributors", "first_published",
    "first_published_precision", "published_at", "section", "tags", "label", "path", "source_name",
    "source_url", "source_is_original", "replies", "is_sticky", "sticky_until", "version", "change", "note",
    "is_noindex", "which_hour",
]  # fmt: skip
ODD = [
    b"a\x00b",
    b"a\xed\xa0\x80b",  # half a character
    b"a\xff\xfeb",  # not UTF-8
    "a\u202eb\u2066c".encode(),  # what turns the direction of writing
    b"a" * 100_000,
    b"-1",
    b"9" * 5_000,
    "١²".encode(),  # digits, but not to int()
    b"",
    b"{{ 7*7 }}<script>alert(1)</script>",
]


def count() -> int:
    """How many articles there are."""
    return db.session.scalar(sa.select(sa.func.count(Article.id))) or 0


def sent(desk: Pages, address: str, fields: list[tuple[str, bytes]]) -> PageView:
    """The page that answers a form with these fields, whatever its status."""
    answer = answered(desk, address, fields)
    return desk._view(answer, answer.status_code)


def answered(desk: Pages, address: str, fields: list[tuple[str, bytes]]) -> TestResponse:
    """The same, not taken apart."""
    token = TOKEN.search(desk.fetch("/desk/articles/new").text)
    assert token is not None
    answer = desk.post(
        address,
        urlencode([("csrf_token", token[1]), *fields]),  # type: ignore[arg-type]
        content_type="application/x-www-form-urlencoded",
        follow_redirects=True,
    )
    assert answer.status_code < 500, answer.get_data(as_text=True)
    return answer


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_breaks_the_page(field: str, desk: Pages) -> None:
    for odd in ODD:
        before = count()
        fields = {name: value.encode() for name, value in GOOD.items()} | {field: odd}
        answer = answered(desk, "/desk/articles/new", list(fields.items()))
        if answer.status_code == 422:
            page = desk._view(answer, 422)
            typed = fields["body"].decode(errors="replace").replace("\x00", "")
            assert page.all(".summary li"), f"nothing says what is wrong with {odd[:20]!r}"
            assert page.form("editor").values["body"] == [typed]
            assert count() == before
        else:
            assert answer.status_code == 200
            assert count() == before + 1


def test_what_is_missing_is_as_it_was_and_what_is_repeated_counts_once(
    desk: Pages, article: Article
) -> None:
    address = f"/desk/articles/{article.id}"
    assert sent(desk, address, []).response.status_code == 409  # of which version is not said
    assert sent(desk, address, [("version", b"2")]).response.status_code == 200
    assert (article.title, article.version) == ("Night shift votes", 3)
    twice = [
        ("version", b"3"),
        ("title", b"First"),
        ("title", b"Second"),
        ("tags", b"a"),
        ("tags", b"b"),
    ]
    sent(desk, address, twice)
    assert (article.title, [tag.name for tag in article.tags]) == ("First", ["a"])
    assert "Write a title." in sent(desk, "/desk/articles/new", []).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " \u200b ", "Write a title."),
        ("title", "t" * 301, "Make the title shorter: 300 characters or fewer."),
        ("standfirst", "s" * 601, "Make it shorter: 600 characters or fewer."),
        ("body", "b" * 1_000_000, "An article has at most 100,000 characters; this one has 1,000,000."),
        ("body_format", "docx", "Choose one from the list."),
        ("byline", "b" * 201, "Make it shorter: 200 characters or fewer."),
        ("contributors", "Nobody", "There is no contributor called “Nobody”."),
        ("first_published", "26/01/2023", "Write the date as year, month and day, such as 2023-01-26."),
        ("first_published", "0001-01-01", "Choose a year from 1600 to 2999."),
        ("published_at", "tomorrow", "Write the date and the time as 2026-11-23T06:00."),
        ("published_at", "2026-11-23T06:00+01:00", "Write the date and the time as 2026-11-23T06:00."),
        ("published_at", "9999-12-31T23:59", "Choose a year from 1600 to 2999."),
        ("section", "99", "Choose one from the list."),
        ("tags", ",".join(f"tag {n}" for n in range(1000)), "Keep the best 30 tags or fewer."),
        ("path", "/a?b", "Write the address with letters, digits, dashes and slashes"),
        ("path", "/" + "a" * 256, "Make the address shorter"),
        ("source_url", "javascript:alert(1)", "Write a whole web address, such as https://example.org/strike"),
        ("source_url", f"https://example.org/{'a' * 2000}", "2000 characters or fewer."),
        ("change", "rewrite", "Choose one from the list."),
        ("note", "n" * 1001, "Make it shorter: 1000 characters or fewer."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    field: str, value: str, sentence: str, desk: Pages, article: Article
) -> None:
    form = desk.get(f"/desk/articles/{article.id}").form("editor")
    page = form.fill(**{field: value}).submit("Save", 422)
    assert page.title.startswith("Error: ")
    assert sentence in page.one(f"#{field}-error").get_text()
    assert page.all(f'.summary a[href="#{field}"]')
    assert article.version == 2


def test_an_original_needs_its_address(desk: Pages) -> None:
    form = desk.get("/desk/articles/new").form("editor").fill(**GOOD, source_is_original="y")
    page = form.submit(status=422)
    assert "Give the address of the original." in page.one("#source_url-error").get_text()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2023", "2023-01-01"), ("2023-05", "2023-05-01"), (" 2023-01-26 ", "2023-01-26"), ("", None)],
)
def test_a_day_may_be_typed_as_far_as_it_is_known(
    typed: str, stored: str | None, desk: Pages
) -> None:
    desk.get("/desk/articles/new").form("editor").fill(**GOOD, first_published=typed).submit()
    article = db.session.scalars(sa.select(Article)).one()
    assert str(article.first_published) == str(stored)


def test_titles_and_addresses_may_be_in_any_script(desk: Pages, pages: Pages) -> None:
    form = desk.get("/desk/articles/new").form("editor")
    form.fill(title="✊🏿 罢工 👩‍👩‍👧", body="…", path="/罢工/", standfirst="…").submit("Publish")
    assert pages.get(quote("/罢工/")).h1 == "✊🏿 罢工 👩‍👩‍👧"


def test_a_text_of_200000_chinese_characters_goes_through(desk: Pages) -> None:
    form = desk.get("/desk/articles/new").form("editor")
    form.fill(title="Long", body="工" * 200_000, body_format="html").submit()
    assert db.session.scalar(sa.select(sa.func.length(Article.body))) == 200_000


def test_what_is_longer_than_any_article_is_refused_before_it_is_read(desk: Pages) -> None:
    answer = desk.post("/desk/articles/new", {"body": "b" * 5_000_000})
    assert answer.status_code == 413


def test_signs_that_nobody_types_are_left_out(desk: Pages) -> None:
    form = desk.get("/desk/articles/new").form("editor")
    form.fill(
        title="a\u202eb\nc", body="One\r\ntwo\x00\n\n    code\n", tags="x, ,X,\u202e"
    ).submit()
    article = db.session.scalars(sa.select(Article)).one()
    assert (article.title, article.body) == ("ab c", "One\ntwo\n\n    code")
    assert db.session.scalars(sa.select(Tag.name)).all() == ["x"]


def test_a_picture_that_is_no_number_is_said_at_its_field(desk: Pages) -> None:
    form = desk.get("/desk/articles/new").form("editor")
    page = form.fill(title="Gate", lead_picture_id="the gate").submit(status=422)
    assert "Write the number of a picture, or nothing." in page.text
    assert page.form("editor").values["lead_picture_id"] == ["the gate"]
