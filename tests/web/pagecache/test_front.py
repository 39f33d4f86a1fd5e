"""What HTTP caches in front are told of a page: how long it is theirs, and by which names they drop it."""

from datetime import timedelta

import pytest
from paper import Paper, withdraw

from newsite import changes
from newsite.db import db
from newsite.web.headers import PUBLIC
from newsite.web.pagecache import freshness, layer
from newsite.web.pagecache.front import MAX_KEYS_CHARS, PURGED, Front, told
from newsite.web.pagecache.layer import HIT, MADE, STALE, UNKEPT

KEPT = [("Content-Type", "text/html"), ("Cache-Control", PURGED)]
PLAIN = [("Content-Type", "text/html"), ("Cache-Control", PUBLIC)]
IMMUTABLE = [("Cache-Control", "public, max-age=31536000, immutable")]
purged = pytest.mark.parametrize("paper", [("http://127.0.0.1:1/",)], indirect=True)


def control(left: timedelta | None, *, is_certain: bool = True, of: str = PURGED) -> str:
    headers = told([("Cache-Control", of)], left, is_certain=is_certain)
    return headers[0][1].removeprefix("public, max-age=0, ")


def test_a_cache_that_is_told_of_nothing_keeps_a_page_for_a_second(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    for _ in (MADE, HIT):
        answer = paper.get(path)
        assert answer.headers["Cache-Control"] == PUBLIC
        assert "s-maxage=1," in PUBLIC
        assert "stale-while-revalidate" not in PUBLIC
        assert "Surrogate-Key" not in answer.headers


@purged
def test_a_cache_that_is_told_keeps_it_for_minutes_by_its_keys(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    for fate in (MADE, HIT):
        answer = paper.get(path)
        assert (answer.headers["Cache-Status"], answer.headers["Cache-Control"]) == (fate, PURGED)
        keys = answer.headers["Surrogate-Key"].split(" ")
        assert {f"article:{number}", f"text:{number}", "site"} <= set(keys)
    same = paper.get(path, If_None_Match=answer.headers["ETag"])
    assert same.status_code == 304
    assert same.headers["Cache-Control"] == PURGED
    assert same.headers["Surrogate-Key"] == answer.headers["Surrogate-Key"]


@purged
def test_that_nothing_is_there_may_change_under_any_key(paper: Paper) -> None:
    answer = paper.get("/nothing-is-here/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, PUBLIC)
    assert "Surrogate-Key" not in answer.headers


@purged
def test_a_page_is_nobodys_past_its_own_end(paper: Paper) -> None:
    paper.publish("Soon", published_at=paper.now + timedelta(seconds=100))
    assert "s-maxage=100, stale-while-revalidate=0," in paper.get("/").headers["Cache-Control"]
    paper.now += timedelta(seconds=99.5)
    last = paper.get("/")
    assert last.headers["Cache-Status"] == HIT
    assert "s-maxage=0, stale-while-revalidate=0," in last.headers["Cache-Control"]


@purged
def test_a_page_that_changed_while_it_was_made_is_shown_for_a_second(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    inner = paper.cache.inner

    def slow(environ, start_response):  # type: ignore[no-untyped-def]
        answer = list(inner(environ, start_response))
        paper.do(lambda: changes.touch(f"article:{number}"))
        return answer

    paper.cache.inner = slow
    answer = paper.get(path)
    assert (answer.headers["Cache-Status"], answer.headers["Cache-Control"]) == (UNKEPT, PUBLIC)


@purged
def test_what_is_shown_while_the_database_is_away_is_given_on_for_a_second(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = paper.publish("Strike")
    assert paper.get(path).headers["Cache-Control"] == PURGED
    paper.cache.freshness.every = 1_000
    paper.cache.freshness.failed = True
    assert paper.get(path).headers["Cache-Control"] == PUBLIC


@purged
def test_what_is_shown_while_another_reader_asks_what_changed_is_given_on_for_a_second(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, path = paper.publish("Strike")
    assert paper.get(path).headers["Cache-Control"] == PURGED
    paper.seconds += 3_600  # a quiet hour
    paper.do(lambda: withdraw(number))
    monkeypatch.setattr(freshness, "PATIENCE", 0)
    with paper.cache.freshness._asking:  # the first reader after it has no answer yet
        answer = paper.get(path)
    assert (answer.headers["Cache-Status"], answer.headers["Cache-Control"]) == (STALE, PUBLIC)
    assert paper.get(path).status_code == 410


@purged
def test_a_change_drops_what_is_asked_for_by_its_key(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    paper.get(path)
    before = paper.cache.store.seen
    paper.do(lambda: changes.touch(f"article:{number}"))
    with paper.app.app_context():
        changed = changes.since(before)
        db.session.rollback()
    assert changed & set(paper.get(path).headers["Surrogate-Key"].split())


def test_only_what_is_an_hours_or_a_days_is_marked() -> None:
    front = Front(is_purged=True)
    assert front.marked(PLAIN, "200 OK", {"b", "a"}) == [*KEPT, ("Surrogate-Key", "a b")]
    assert front.marked(PLAIN, "410 GONE", {"a"}) == [*KEPT, ("Surrogate-Key", "a")]
    assert front.marked(PLAIN, "404 NOT FOUND", {"a"}) == PLAIN
    assert front.marked(IMMUTABLE, "200 OK", {"a"}) == IMMUTABLE
    assert Front(is_purged=False).marked(PLAIN, "200 OK", {"a"}) == PLAIN


def test_more_keys_than_a_header_holds_make_a_page_of_a_second() -> None:
    keys = {f"text:{number}" for number in range(100_000, 100_000 + MAX_KEYS_CHARS // 12)}
    marked = Front(is_purged=True).marked(PLAIN, "200 OK", keys)
    assert len(dict(marked)["Surrogate-Key"]) <= MAX_KEYS_CHARS
    assert Front(is_purged=True).marked(PLAIN, "200 OK", keys | {"one", "two"}) == PLAIN


@pytest.mark.parametrize(
    ("left", "fresh", "revalidate"),
    [(331, 300, 30), (330, 300, 30), (310.9, 300, 10), (300, 300, 0), (42.9, 42, 0), (-5, 0, 0)],
)
def test_neither_keeping_nor_asking_later_reaches_past_the_end(
    left: float, fresh: int, revalidate: int
) -> None:
    said = control(timedelta(seconds=left))
    expected = f"s-maxage={fresh}, stale-while-revalidate={revalidate}, stale-if-error=86400"
    assert said == expected


def test_what_is_not_certain_or_not_followed_is_fresh_for_a_second() -> None:
    assert control(None) == PURGED.removeprefix("public, max-age=0, ")
    assert control(None, is_certain=False).startswith("s-maxage=1,")
    assert control(timedelta(seconds=0.4), is_certain=False).startswith("s-maxage=0,")
    assert control(timedelta(seconds=0.4), of=PUBLIC).startswith("s-maxage=0,")
    assert control(timedelta(seconds=7), of=PUBLIC).startswith("s-maxage=1,")
    assert told(IMMUTABLE, timedelta(0), is_certain=False) is IMMUTABLE
    assert layer.CERTAIN == (HIT, MADE)
