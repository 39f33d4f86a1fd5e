"""Redirects at the desk, and what readers meet at old addresses."""

import io

import pytest
import sqlalchemy as sa
from pages import Pages

from newsite import audit
from newsite.articles import redirects
from newsite.articles.models import Article, Redirect
from newsite.db import db

HERE = "/desk/redirects/"


def add(desk: Pages, address: str, target: str, status: int = 200) -> str:
    form = desk.get(HERE).form("redirect").fill(address=address, target=target)
    return form.submit(status=status).text


def test_an_old_address_is_led_to_an_article_and_further(
    desk: Pages, pages: Pages, article: Article
) -> None:
    assert "/old/strike/ is led on." in add(desk, "/old/strike/", str(article.path))
    answer = pages.fetch("/OLD/strike")
    assert (answer.status_code, answer.location) == (301, str(article.path))
    add(desk, "/away/", "https://other.example/a?b=c")
    assert pages.fetch("/away/?x=1").location == "https://other.example/a?b=c"
    add(desk, "/corr/", "/corrections/")
    assert pages.fetch("/corr/?x=1").location == "/corrections/?x=1"
    add(desk, "/sought/", "/archive/?before=1-2")
    assert pages.fetch("/sought/?x=1").location == "/archive/?before=1-2"
    add(desk, "/old/?p=12", "/corrections/")
    assert pages.fetch("/old/?p=12").location == "/corrections/?p=12"
    assert pages.fetch("/old/").status_code == 404
    assert pages.fetch("/away/atom.xml").status_code == 404
    assert audit.latest(1)[0].action == "added the redirect"


def test_what_is_wrong_is_said_at_its_field(desk: Pages, article: Article) -> None:
    assert "There is no article at /nowhere/" in add(desk, "/a/", "/nowhere/", 422)
    assert "has this address" in add(desk, str(article.path), "https://other.example/", 422)
    assert "Write the old address" in add(desk, "", "", 422)


def test_a_redirect_is_found_changed_and_deleted(
    desk: Pages, pages: Pages, article: Article
) -> None:
    add(desk, "/old/?p=1", str(article.path))
    page = desk.get(HERE).form("seek").fill(q="P=1").submit()
    assert page.texts(".lines strong") == ["/old?p=1"]
    assert "Night shift votes" in page.one(".lines .facts").get_text()
    form = page.follow("/old?p=1").form("redirect")
    assert form.values["target"] == [str(article.path)]
    assert (
        "Write an address of this site"
        in form.fill(target="//evil.example").submit(status=422).text
    )
    form.fill(address="/older/", target="https://other.example/").submit()
    assert pages.fetch("/older/").location == "https://other.example/"
    page = desk.get(HERE).follow("/older")
    assert page.form("redirect").values["target"] == ["https://other.example/"]
    assert "leads nowhere any more" in page.press("Delete the redirect").text
    assert pages.fetch("/older/").status_code == 404
    assert "Nothing is here." in desk.get(HERE).text
    assert desk.fetch(f"{HERE}999").status_code == 404


def test_a_long_list_has_pages(
    desk: Pages, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults = {"before": None, "limit": 1}
    monkeypatch.setattr(redirects.listed, "__kwdefaults__", defaults)
    add(desk, "/one/", str(article.path))
    add(desk, "/two/", str(article.path))
    page = desk.get(HERE)
    assert page.texts(".lines strong") == ["/two"]
    assert desk.get(page.link("Older ones")).texts(".lines strong") == ["/one"]


def test_a_list_is_taken_whole_or_not_at_all(desk: Pages, pages: Pages, article: Article) -> None:
    page = desk.get(HERE).follow("Take a list")
    bad = f"/one/,{article.path}\n/two/,/nowhere/"
    page = page.form("list").fill(lines=bad).submit(status=422)
    assert "Nothing was stored." in page.text
    assert page.texts("tbody th") == ["2"]
    assert db.session.scalars(sa.select(Redirect)).all() == []
    assert page.form("list").values["lines"] == [bad]
    page = page.form("list").fill(lines=f"/one/,{article.path}\n/two/,/one/").submit()
    assert "2 addresses are led on." in page.text
    assert pages.fetch("/two/").location == str(article.path)
    assert audit.latest(1)[0].action == "took a list of redirects"
    assert "Paste or choose a list" in page.form("list").fill(lines=" ").submit(status=422).text


@pytest.mark.parametrize(
    ("content", "status"), [(b"\xef\xbb\xbf/one/;/corrections/", 200), (b"\xff\xfe", 422)]
)
def test_a_file_is_taken_if_it_is_text(desk: Pages, content: bytes, status: int) -> None:
    token = desk.get(f"{HERE}import").form("list").values["csrf_token"][0]
    data = {"csrf_token": token, "file": (io.BytesIO(content), "list.csv")}
    answer = desk.post(f"{HERE}import", data, content_type="multipart/form-data")
    assert answer.status_code == status
    expected = b"1 address is led on." if status == 200 else b"Save the file as CSV in UTF-8."
    assert expected in answer.data
