"""The site in memory."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from paper import Paper
from PIL import Image
from sqlalchemy import event

from newsite.changes import ChangeCounter
from newsite.db import db
from newsite.site import editing, logo
from newsite.site.models import MenuItem, Site


def reads(paper: Paper, path: str) -> int:
    """How often the site's row is read for a page."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "FROM site" in statement:
            seen.append(statement)

    engine = paper.cache.freshness.engine
    event.listen(engine, "before_cursor_execute", note)
    paper.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_page_says_so_plainly_where_nobody_founded_a_site(paper: Paper) -> None:
    paper.do(lambda: db.session.execute(sa.delete(Site)))
    assert paper.get("/").status_code == 500


def test_the_logo_is_kept_with_the_site(paper: Paper) -> None:
    stream = BytesIO()
    Image.new("RGB", (9, 9)).save(stream, "PNG")
    paper.do(lambda: logo.put_up(db.session.get_one(Site, 1), stream.getvalue()))
    for path in ("/", "/archive/"):
        assert 'width="9"' in paper.get(path).text


@pytest.mark.parametrize("is_heard", [True, False])
def test_it_is_read_once_until_it_changes(paper: Paper, is_heard: bool) -> None:
    assert [reads(paper, path) for path in ("/", "/archive/", "/corrections/")] == [1, 0, 0]
    paper.publish("Strike")
    assert reads(paper, "/") == 0

    def change() -> None:
        site = db.session.get_one(Site, 1)
        editing.set_menus(site, header=[MenuItem("About us", "/about/")], footer=[])

    paper.cache.freshness.every = 0 if is_heard else 1000
    paper.do(change)
    assert reads(paper, "/robots.txt") == 1
    assert "About us" in paper.get("/nothing/").text
    paper.cache.freshness.every = 0
    assert [reads(paper, path) for path in ("/sitemap.xml", "/archive/")] == [0, 0]


def test_a_site_may_change_more_often_than_an_integer_counts(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    many = 2**31
    paper.do(lambda: db.session.execute(sa.update(ChangeCounter).values(sequence=many)))
    assert [paper.get(path).status_code for _ in range(2)] == [200, 200]
    assert paper.cache.store.seen == many
