"""What a rendering collects."""

from datetime import UTC, datetime

from newsite.articles.models import Article
from newsite.db import db
from newsite.web import pagecache
from newsite.web.pagecache.keys import Rendering, collecting, current

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_whatever_is_loaded_is_noted_by_itself(article: Article) -> None:
    number = article.id
    db.session.expunge_all()
    with collecting(Rendering()) as _, db.session.no_autoflush:
        db.session.get(Article, number)
        rendering = current()
    assert rendering is not None
    assert rendering.keys == {"site", f"text:{number}"}


def test_the_earliest_end_counts() -> None:
    rendering = Rendering()
    with collecting(rendering):
        for at in (AT, None, AT.replace(hour=3)):
            pagecache.until(at)
        pagecache.collect("front")
        pagecache.keep_nothing()
    assert (rendering.until, rendering.is_kept) == (AT, False)
    assert "front" in rendering.keys


def test_elsewhere_nothing_is_noted() -> None:
    pagecache.until(AT)
    pagecache.collect("front")
    pagecache.keep_nothing()
    pagecache.counts_as_read(1)
    assert not pagecache.is_prepared_elsewhere()
    assert current() is None
