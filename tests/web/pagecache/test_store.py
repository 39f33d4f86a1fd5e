"""What a worker keeps: never more than it may, and never what a change has overtaken."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsite.changes import News
from newsite.web.pagecache.store import LOG_KEYS, Page, Store
from newsite.web.pagecache.variants import variants

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def page(address: str = "/", *keys: str, number: int = 0, size: int = 100, **given_: Any) -> Page:
    """A page of about `size` bytes that shows `keys`."""
    body = bytes(size)
    forms = variants(body, [("Content-Type", "image/png")])
    values = {"endpoint": None, "status": "200 OK", "epoch": "e", "made_at": NOW, "until": None}
    return Page(
        address=address, variants=forms, keys=frozenset(keys), number=number, **values | given_
    )  # type: ignore[arg-type]


def store(capacity: int = 1_000_000, seen: int = 0) -> Store:
    made = Store(capacity)
    made.hear(News("e", seen, None), 0.0)
    return made


def heard(of: Store, *rows: tuple[int, str], at: float = 0.0) -> None:
    of.hear(News("e", max(number for number, _ in rows), list(rows)), at)


def test_a_page_is_dropped_by_its_own_keys_only() -> None:
    kept = store()
    assert kept.keep(page("/a", "x", "y"))
    assert kept.keep(page("/b", "y"))
    heard(kept, (1, "x"))
    assert kept.get("/a") is None
    assert kept.get("/b") is not None


def test_a_page_that_shows_the_change_already_stays() -> None:
    kept = store()
    kept.keep(page("/", "x", number=1))
    heard(kept, (1, "x"))
    assert kept.get("/") is not None


def test_a_page_begun_before_a_change_is_not_kept_after_it_was_heard_of() -> None:
    kept = store()
    heard(kept, (1, "x"), (2, "y"))
    assert not kept.keep(page("/", "x", number=0))
    assert not kept.keep(page("/", "y", number=1))
    assert kept.keep(page("/", "x", number=1))
    assert kept.keep(page("/", "z", number=0))


def test_another_epoch_and_too_many_changes_drop_everything() -> None:
    for news in (News("other", 0, None), News("e", 9000, None)):
        kept = store()
        kept.keep(page("/", "x"))
        kept.hear(news, 0.0)
        assert kept.get("/") is None
        assert not kept.keep(page("/", "x"))


def test_what_is_not_remembered_counts_as_changed() -> None:
    kept = store()
    heard(kept, *((1, f"key:{number}") for number in range(LOG_KEYS + 1)))
    assert kept.has_changed("never heard of", 0)
    assert not kept.keep(page("/", "z", number=0))
    assert kept.keep(page("/", "z", number=1))


def test_no_news_change_nothing() -> None:
    kept = store()
    kept.keep(page("/", "x"))
    kept.hear(News("e", 0, []), 0.0)
    assert kept.get("/") is not None


def test_the_page_of_a_moment_ago_is_there_for_a_second() -> None:
    kept = store()
    kept.keep(page("/", "x"))
    heard(kept, (1, "x"), at=10.0)
    assert kept.just_dropped("/", 10.9) is not None
    assert kept.just_dropped("/", 11.1) is None
    heard(kept, (2, "z"), at=12.0)
    assert kept.just_dropped("/", 10.9) is None
    assert kept.just_dropped("/never", 10.0) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 30_000)), max_size=60))
def test_memory_never_exceeds_its_bound(steps: list[tuple[int, bool, int]]) -> None:
    kept = store(capacity=100_000)
    for turn, (number, is_asked, size) in enumerate(steps, 1):
        kept.keep(page(f"/{number}{'?a=b' * is_asked}", f"k{number % 3}", number=turn, size=size))
        if number % 7 == 0:
            heard(kept, (turn + 1, f"k{number % 3}"))
        pages = [*kept._plain.pages.values(), *kept._asked.pages.values()]
        assert kept.bytes == sum(one.size for one in pages) + sum(
            one.size for one, _ in kept._dropped.values()
        )
        assert kept.bytes <= 100_000
        assert kept._by_key.keys() == {key for one in pages for key in one.keys}


def test_made_up_queries_do_not_push_out_the_front_page() -> None:
    kept = store(capacity=100_000)
    kept.keep(page("/"))
    for number in range(1000):
        kept.keep(page(f"/?before={number}", size=1000))
    assert kept.get("/") is not None
    assert kept._asked.bytes <= 25_000
    assert not kept.keep(page("/huge", size=20_000))  # it would take a quarter of the place


def test_the_page_that_was_asked_for_last_stays_longest() -> None:
    kept = store(capacity=40_000)
    for name in "abcd":
        kept.keep(page(f"/{name}", size=4_000))
    assert kept.get("/a") is not None
    kept.keep(page("/e", size=4_000))
    kept.keep(page("/f", size=4_000))
    assert kept.get("/a") is not None
    assert kept.get("/b") is None


def test_pages_of_a_moment_ago_are_the_first_to_make_room() -> None:
    kept = store(capacity=40_000)
    for name in "abcd":
        kept.keep(page(f"/{name}", "x", size=4_000))
    heard(kept, (1, "x"), at=10.0)
    for name in "efgh":
        kept.keep(page(f"/{name}", number=1, size=4_000))
    assert kept.bytes <= 40_000
    assert any(kept.just_dropped(f"/{name}", 10.1) is None for name in "abcd")
    assert all(kept.get(f"/{name}") is not None for name in "efgh")


def test_the_clock_ends_a_page() -> None:
    one = page(until=NOW + timedelta(hours=1))
    assert one.is_right(NOW)
    assert not one.is_right(NOW + timedelta(hours=1))
    assert not one.is_right(NOW - timedelta(seconds=1))


def test_a_page_is_one_threads_to_make() -> None:
    kept = store()
    assert kept.begin("/") is None
    waiting = kept.begin("/")
    assert waiting is not None
    assert not waiting.is_set()
    kept.finish("/")
    assert waiting.is_set()
    assert kept.begin("/") is None
