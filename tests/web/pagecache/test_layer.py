"""Pages from memory: what is kept and what never is, and that nothing that changed is missed."""

import gzip
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from paper import NOW, Paper, correct, editor, withdraw, write
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from newsite import changes
from newsite.accounts.models import Role, User
from newsite.articles import listing, pictures, taxonomy
from newsite.articles.models import Article, MonthCount, Tag
from newsite.comments import actions as replies
from newsite.comments.models import Comment
from newsite.comments.submission import NewReply
from newsite.db import db
from newsite.media import storage
from newsite.media.actions import Words
from newsite.media.models import Picture
from newsite.site import editing
from newsite.site.models import MenuItem, Site
from newsite.web.pagecache import layer
from newsite.web.pagecache.layer import HIT, MADE, STALE


def test_a_page_is_made_once(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    assert [paper.fate(path) for _ in range(3)] == [MADE, HIT, HIT]


def test_a_kept_page_is_the_same_in_every_form(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    plain = paper.get(path)
    packed, smaller = paper.get(path, Accept_Encoding="gzip"), paper.get(path, Accept_Encoding="br")
    assert gzip.decompress(packed.data) == brotli.decompress(smaller.data) == plain.data
    assert len({answer.headers["ETag"] for answer in (plain, packed, smaller)}) == 3
    for answer in (plain, packed, smaller):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.content_length == len(answer.data)


def test_who_has_the_page_is_not_sent_it_again(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    etag = paper.get(path, Accept_Encoding="br").headers["ETag"]
    again = paper.get(path, Accept_Encoding="br", If_None_Match=f'"other", {etag}')
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert "Content-Length" not in again.headers
    assert paper.get(path, If_None_Match=etag).status_code == 200  # that one was in another form
    head = paper.get(path, method="HEAD")
    assert (head.data, head.content_length) == (b"", len(paper.get(path).data))


def test_all_workers_make_the_same_tag(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    tags = set()
    for _ in range(2):
        paper.cache.clear()
        tags.add(paper.get(path, Accept_Encoding="gzip").headers["ETag"])
    assert len(tags) == 1


def test_a_range_is_ignored(paper: Paper) -> None:
    assert paper.get("/", Range="bytes=0-9").status_code == 200


def test_nothing_about_the_reader_reaches_the_page(paper: Paper) -> None:
    seen: list[dict[str, str]] = []
    inner = paper.cache.inner

    def watched(environ: Any, start_response: Any) -> Any:
        seen.append({name: value for name, value in environ.items() if name.startswith("HTTP_")})
        return inner(environ, start_response)

    paper.cache.inner = watched
    paper.get("/", Cookie="a=b", User_Agent="Spy", Accept_Language="de", X_Forwarded_For="10.0.0.1")
    assert seen == [{"HTTP_HOST": "127.0.0.1:8000"}]


def test_approving_a_reply_drops_the_pages_that_show_it_and_no_others(paper: Paper) -> None:
    day = timedelta(days=1)
    paper.publish("Before", published_at=paper.now - 4 * day)
    _, before = paper.publish("Before too", published_at=paper.now - 3 * day)
    number, path = paper.publish("Strike", published_at=paper.now - 2 * day)
    _, after = paper.publish("After", published_at=paper.now - day)
    sent = NewReply("Ann", "ann@example.org", "", "Well said", None)

    def send() -> int:
        article = db.session.get_one(Article, number)
        reply = replies.submit_reply(article, sent, now=paper.now)
        return reply.id

    others = [
        before,
        after,
        "/atom.xml",
        "/sitemap-1.xml",
        "/archive/",
        "/robots.txt",
        "/corrections/",
        "/tag/after/",
    ]
    shows = [path, "/tag/strike/", "/archive/2026/11/"]
    for address in (*others, *shows):
        paper.get(address)
    waiting = paper.do(send)
    assert {paper.fate(address) for address in (*others, *shows)} == {HIT}  # it only waits
    paper.do(
        lambda: replies.approve(db.session.get_one(Comment, waiting), by=editor(), now=paper.now)
    )
    assert [paper.fate(address) for address in others] == [HIT] * len(others)
    assert [paper.fate(address) for address in shows] == [MADE] * len(shows)
    assert "Well said" in paper.get(path).text


def test_publishing_leaves_pages_alone_that_do_not_show_it(paper: Paper) -> None:
    day = timedelta(days=1)
    _, oldest = paper.publish("Oldest", published_at=paper.now - 9 * day)
    _, newest = paper.publish("Newest", published_at=paper.now - 8 * day)
    _, third = paper.publish("Third", published_at=paper.now - 7 * day)
    for address in (oldest, newest, third, "/"):
        paper.get(address)
    paper.publish("Last", published_at=paper.now - day)
    fates = [paper.fate(address) for address in (oldest, newest, third, "/")]
    assert fates == [HIT, HIT, MADE, MADE]


@pytest.mark.parametrize("what", ["tag", "contributor", "menu"])
def test_what_is_renamed_is_renamed_everywhere(paper: Paper, what: str) -> None:
    rosa = paper.do(
        lambda: (
            taxonomy.save_contributor(None, name="Rosa", slug="rosa", kind="person", about="").id
        )  # type: ignore[arg-type]
    )
    _, path = paper.publish("Strike", contributors=(rosa,))
    paper.get(path)

    def rename() -> None:
        if what == "tag":
            tag = db.session.scalars(sa.select(Tag)).one()
            taxonomy.save_tag(tag, name="Renamed", slug=tag.slug)
        elif what == "contributor":
            one = db.session.get_one(taxonomy.Contributor, rosa)
            taxonomy.save_contributor(one, name="Renamed", slug="rosa", kind=one.kind, about="")
        else:
            site = db.session.get_one(Site, 1)
            editing.set_menus(site, header=[MenuItem("Renamed", "/a/")], footer=[])

    paper.do(rename)
    assert "Renamed" in paper.get(path).text


def test_a_correction_comes_back_with_its_article(paper: Paper) -> None:
    """Found by the machine in tests/whole: it is corrected, moved to tomorrow, and moved back."""
    number, _ = paper.publish("Strike")
    tomorrow = paper.now + timedelta(days=1)
    paper.do(lambda: correct(number, tomorrow))
    assert "It was six." not in paper.get("/corrections/").text
    paper.do(lambda: correct(number, paper.now - timedelta(hours=1)))
    assert "It was six." in paper.get("/corrections/").text


def test_lists_end_when_the_next_article_appears(paper: Paper) -> None:
    paper.get("/")
    _, path = paper.publish("Tomorrow", published_at=paper.now + timedelta(days=1))
    assert paper.get(path).status_code == 404
    assert [paper.fate("/"), paper.fate("/")] == [MADE, HIT]
    paper.now += timedelta(days=1) - timedelta(milliseconds=500)
    last = paper.get("/")
    assert last.headers["Cache-Status"] == HIT
    assert "s-maxage=0," in last.headers["Cache-Control"]
    paper.now += timedelta(milliseconds=500)
    assert "Tomorrow" in paper.get("/").text
    assert paper.get(path).status_code == 200


def test_the_front_page_ends_with_what_is_kept_at_its_top(paper: Paper) -> None:
    end = paper.now + timedelta(hours=1)
    paper.publish(
        "Top", is_sticky=True, sticky_until=end, published_at=paper.now - timedelta(days=9)
    )
    paper.publish("New")
    paper.get("/")
    paper.now = end
    assert paper.fate("/") == MADE


def test_the_token_of_the_reply_form_is_never_an_old_one(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    first = paper.get(path).data
    paper.now += timedelta(days=1)
    assert paper.get(path).headers["Cache-Status"] == MADE
    assert paper.get(path).data != first


def test_a_page_of_the_future_is_made_anew(paper: Paper) -> None:
    paper.get("/")
    paper.now -= timedelta(hours=1)  # the clock was put right
    assert paper.fate("/") == MADE


def test_what_is_nowhere_is_one_page_for_all_addresses(paper: Paper) -> None:
    first = paper.get("/nothing/")
    assert first.status_code == 404
    again = paper.get("/something/else?a=b")
    assert (again.status_code, again.data) == (404, first.data)
    assert again.headers["Cache-Status"] == HIT
    assert "404" in paper.cache.store._plain.pages
    assert len(paper.cache.store._plain.pages) == 1
    paper.publish("Strike")
    assert "Strike" in paper.get("/nothing/").text


@pytest.mark.parametrize("query", ["a=b", "utm_source=x&replies", "before=1", "%ff"])
def test_a_query_that_nobody_reads_makes_no_other_page(paper: Paper, query: str) -> None:
    paper.get("/archive/")
    assert paper.fate(f"/archive/?{query}") == HIT
    assert len(paper.cache.store._plain.pages) == 1
    assert len(paper.cache.store._asked.pages) == 0


def test_a_parameter_out_of_bounds_is_nowhere(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    for address in (f"{path}?replies=x", "/?before=x", f"/?before={'1' * 2000}"):
        assert paper.get(address).status_code == 404
    assert list(paper.cache.store._asked.pages) == []


def test_an_old_address_leads_on_with_its_query_and_is_not_kept(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    moved = paper.get(path.upper() + "?a=b")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{path}?a=b")
    assert moved.headers["Cache-Status"] == MADE
    assert len(paper.cache.store._plain.pages) == 0


def test_a_withdrawn_article_is_gone_at_once_and_its_page_is_kept_in_its_turn(paper: Paper) -> None:
    number, path = paper.publish("Strike")
    paper.get(path)
    paper.do(lambda: withdraw(number))
    assert [paper.get(path).status_code for _ in range(2)] == [410, 410]
    assert paper.fate(path) == HIT
    assert paper.get(path.upper()).headers["Cache-Status"] == MADE  # one page, not one a spelling
    assert paper.get(path.upper()).headers["Cache-Status"] == MADE


@pytest.mark.parametrize("path", ["/desk/login", "/desk/nothing", "/replies/token", "/healthz"])
def test_what_is_for_one_reader_passes_by(paper: Paper, path: str) -> None:
    assert "Cache-Status" not in paper.get(path).headers


def test_nothing_with_a_cookie_is_kept(paper: Paper) -> None:
    @paper.app.after_request
    def mistake(response: Response) -> Response:
        response.set_cookie("a", "b")
        return response

    assert [paper.fate("/") for _ in range(2)] == [MADE, MADE]
    assert paper.get("/", method="HEAD").data == b""


@contextmanager
def while_rendering(paper: Paper, do: Callable[[], object]) -> Iterator[None]:
    """Inside, `do` happens once, after a rendering has read everything and before it is kept."""
    inner, done = paper.cache.inner, []

    def slow(environ: Any, start_response: Any) -> Any:
        answer = list(inner(environ, start_response))
        if not done:
            done.append(True)
            thread = threading.Thread(target=do)
            thread.start()
            thread.join(20)
        return answer

    paper.cache.inner = slow
    try:
        yield
    finally:
        paper.cache.inner = inner


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_page_made_before_a_commit_is_not_kept_after_it(paper: Paper, is_heard: bool) -> None:
    """The race that DESIGN.md §6 names: heard of while the page is made, or only afterwards."""
    paper.publish("First")
    paper.get("/robots.txt")  # so that the worker has asked before

    def commit() -> None:
        paper.publish("Second")
        if is_heard:
            paper.cache.freshness.follow()

    with while_rendering(paper, commit):
        assert "Second" not in paper.get("/").text
    paper.cache.freshness.follow()
    assert "/" not in paper.cache.store._plain.pages
    assert "Second" in paper.get("/").text


def test_a_change_that_the_page_shows_already_does_not_drop_it(paper: Paper) -> None:
    paper.get("/robots.txt")
    paper.cache.freshness.every = 1000  # the worker has not heard of what it shows
    paper.publish("Strike")
    assert "Strike" in paper.get("/").text
    paper.cache.freshness.every = 0
    assert paper.fate("/") == HIT


def test_a_page_made_while_a_writer_has_not_committed_is_dropped_by_the_commit(
    paper: Paper,
) -> None:
    paper.publish("First")
    with paper.app.app_context():
        write("Second")
        db.session.flush()
        seen = []
        thread = threading.Thread(
            target=lambda: seen.extend([paper.get("/").text, paper.fate("/")])
        )
        thread.start()
        thread.join(20)
        assert "Second" not in seen[0]
        assert seen[1] == HIT
        db.session.commit()
    assert "Second" in paper.get("/").text


def test_two_who_count_the_months_anew_count_nothing_twice(paper: Paper) -> None:
    paper.publish("Strike")
    counted, may_commit = threading.Event(), threading.Event()

    def first() -> None:
        listing.recount(db.session.get_one(Site, 1))
        counted.set()
        may_commit.wait(10)

    one = threading.Thread(target=paper.do, args=(first,))
    other = threading.Thread(
        target=paper.do, args=(lambda: listing.recount(db.session.get_one(Site, 1)),)
    )
    one.start()
    assert counted.wait(10)
    other.start()
    other.join(0.5)
    may_commit.set()
    join([one, other])
    months = sa.select(MonthCount.articles)
    assert paper.do(lambda: db.session.scalars(months).all()) == [1]


def test_two_neighbours_published_at_once_meet(paper: Paper) -> None:
    """Each is written while the other is not to be seen, and each page shows the other in the end.

    They are of two months: of one, the second waits for the first, which counts it.
    """
    day = timedelta(days=1)
    paper.publish("First", published_at=paper.now - 90 * day)
    paper.publish("Last", published_at=paper.now - day)
    if paper.cache.freshness.engine.dialect.name == "sqlite":
        _, second = paper.publish("Second", published_at=paper.now - 50 * day)
        paper.get(second)
        paper.publish("Third", published_at=paper.now - 4 * day)
    else:
        with paper.app.app_context():
            write("Third", published_at=paper.now - 4 * day)
            db.session.flush()  # it has looked around, and sees no second
            second = str(
                in_thread(lambda: paper.publish("Second", published_at=paper.now - 50 * day))[1]
            )
            assert "Third" not in in_thread(lambda: paper.get(second)).text
            db.session.commit()
    assert "Third" in paper.get(second).text


OLD, NEW = 'alt="The old gate"', 'alt="The new gate"'


@pytest.mark.parametrize("is_above", [True, False])
def test_words_for_a_picture_reach_an_article_that_takes_it_at_the_same_moment(
    paper: Paper, is_above: bool
) -> None:
    """Whoever is first, the page and what is stored say in the end what is said about the picture."""
    picture_id = paper.do(add_picture)
    place = {"lead_picture_id": picture_id} if is_above else {"picture": picture_id}
    is_sqlite = paper.cache.freshness.engine.dialect.name == "sqlite"  # there, one waits anyway
    with paper.app.app_context():
        describe(picture_id)
        db.session.flush()
        if is_sqlite:
            db.session.commit()
        path = beside(lambda: shown(paper, **place), db.session.commit)
    assert NEW in paper.get(path).text
    assert OLD not in paper.get(path).text


@pytest.mark.parametrize("is_above", [True, False])
def test_an_article_that_takes_a_picture_is_told_when_it_is_described_meanwhile(
    paper: Paper, is_above: bool
) -> None:
    picture_id = paper.do(add_picture)
    place = {"lead_picture_id": picture_id} if is_above else {"picture": picture_id}
    is_sqlite = paper.cache.freshness.engine.dialect.name == "sqlite"
    with paper.app.app_context():
        _, path = write("Strike", **place)
        db.session.flush()
        if is_sqlite:
            db.session.commit()
        beside(lambda: paper.do(lambda: describe(picture_id)), db.session.commit)
    assert NEW in paper.get(path).text
    assert OLD not in paper.get(path).text


def test_a_picture_that_an_article_takes_at_the_same_moment_is_not_deleted(paper: Paper) -> None:
    picture_id = paper.do(add_picture)
    with paper.app.app_context():
        _, path = write("Strike", picture=picture_id)
        db.session.flush()
        if db.engine.dialect.name == "sqlite":
            db.session.commit()
        assert beside(lambda: paper.do(lambda: delete(picture_id)), db.session.commit) == "in use"
    assert OLD in paper.get(path).text


def delete(picture_id: int) -> str:
    found = db.session.get_one(Picture, picture_id)
    try:
        pictures.delete(found, by=User(id=1, role=Role.editor), now=NOW)
    except pictures.StillUsed:
        return "in use"
    return "gone"


def add_picture() -> int:
    picture = Picture(
        sha256="a" * 64, key="b" * 32, format="jpeg", width=400, height=300, bytes=1,
        name="gate.jpg", alt="The old gate", created_at=NOW,
    )  # fmt: skip
    db.session.add(picture)
    db.session.flush()
    return picture.id


def describe(picture_id: int) -> None:
    found = db.session.get_one(Picture, picture_id)
    pictures.describe(found, Words(alt="The new gate"), by=User(id=1, role=Role.editor))


def shown(paper: Paper, **place: int) -> str:
    """The path of a new article with the picture, which a reader has asked for at once."""
    _, path = paper.publish("Strike", **place)
    paper.get(path)
    return path


def beside(do: Callable[[], Any], then: Callable[[], object]) -> Any:
    """Does it in a thread until it is done or waits for this transaction, then the other thing; what it gave."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start()
    waits = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while thread.is_alive() and not (
        db.engine.dialect.name == "postgresql" and db.session.scalar(waits)
    ):
        thread.join(0.05)
    then()
    thread.join(20)
    return found[0]


def in_thread(do: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start()
    thread.join(20)
    return found[0]


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_writers_and_readers_at_once_miss_nothing(paper: Paper) -> None:
    """Whatever a reader was shown last is what is there, once the writers are done."""
    days = [paper.now - timedelta(days=number + 2) for number in range(3)]
    paths = [paper.publish(f"Start {at:%d}", published_at=at)[1] for at in days]
    lists = ["/", "/atom.xml", "/sitemap-1.xml", "/archive/2026/11/", *paths]
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            for path in lists:
                paper.get(path)

    def publish(name: int) -> None:
        for turn in range(5):
            at = paper.now - timedelta(days=2, hours=5 * name + turn)
            paper.publish(f"Writer {name} turn {turn}", published_at=at)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=publish, args=(name,)) for name in range(3)]
    run(readers)
    run(writers)
    join(writers)
    over.set()
    join(readers)
    kept = {path: paper.get(path).data for path in lists}
    paper.cache.clear()
    assert kept == {path: paper.get(path).data for path in lists}


def test_one_thread_makes_a_page_and_the_others_wait_for_it(paper: Paper) -> None:
    inner, made, go = paper.cache.inner, [], threading.Event()

    def slow(environ: Any, start_response: Any) -> Any:
        made.append(environ["PATH_INFO"])
        go.wait(20)
        return inner(environ, start_response)

    paper.cache.inner = slow
    fates: list[str] = []
    threads = [threading.Thread(target=lambda: fates.append(paper.fate("/"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    while not made:
        pass
    go.set()
    for thread in threads:
        thread.join(20)
    assert made == ["/"]
    assert sorted(fates) == sorted([MADE, HIT, HIT, HIT])


@pytest.mark.parametrize("is_stuck", [False, True])
def test_only_so_many_pages_are_made_at_once_unless_those_are_stuck(
    paper: Paper, monkeypatch: pytest.MonkeyPatch, is_stuck: bool
) -> None:
    monkeypatch.setattr(layer, "TURN_SECONDS", 0.01 if is_stuck else 60)
    paths = [paper.publish(f"Number {number}")[1] for number in range(layer.AT_ONCE + 1)]
    inner, inside, go = paper.cache.inner, [], threading.Event()
    full, more = threading.Event(), threading.Event()

    def slow(environ: Any, start_response: Any) -> Any:
        inside.append(environ["PATH_INFO"])
        if len(inside) == layer.AT_ONCE:
            full.set()
        elif len(inside) > layer.AT_ONCE:
            more.set()
        assert go.wait(30)
        return inner(environ, start_response)

    paper.cache.inner = slow
    threads = [threading.Thread(target=paper.fate, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    assert full.wait(30)
    assert more.wait(30 if is_stuck else 0.2) is is_stuck
    go.set()
    join(threads)
    assert sorted(inside) == sorted(paths)
    assert paper.cache.turns.acquire(blocking=False)  # all turns were given back


@pytest.mark.parametrize(("seconds", "is_given"), [(0.4, True), (1.5, False)])
def test_who_waits_is_given_the_page_of_a_moment_ago(
    paper: Paper, seconds: float, is_given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.publish("First")
    paper.get("/")
    paper.seconds += seconds  # the change came at any time since the worker asked
    paper.publish("Second")
    assert paper.cache.store.begin("/") is None  # another thread makes it
    if is_given:
        answer = paper.get("/")
        assert (answer.headers["Cache-Status"], "Second" in answer.text) == (STALE, False)
    monkeypatch.setattr(layer, "WAIT_SECONDS", 0.01)
    paper.seconds += 2
    answer = paper.get("/")
    paper.cache.store.finish("/")
    assert (answer.headers["Cache-Status"], "Second" in answer.text) == (MADE, True)


@pytest.mark.parametrize(("seconds", "fate"), [(0.5, STALE), (1.5, MADE)])
def test_who_waits_is_given_a_page_that_ended_a_moment_ago(
    paper: Paper, seconds: float, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "WAIT_SECONDS", 0.01)
    paper.publish("Tomorrow", published_at=paper.now + timedelta(hours=1))
    paper.get("/")
    assert paper.cache.store.begin("/") is None  # another thread makes it
    paper.now += timedelta(hours=1, seconds=seconds)
    assert paper.fate("/") == fate
    paper.cache.store.finish("/")


def test_what_is_sent_passes_by(paper: Paper) -> None:
    assert "Cache-Status" not in paper.get("/", method="POST").headers


@contextmanager
def no_database(paper: Paper) -> Iterator[None]:
    def refuse(*arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    engine = paper.cache.freshness.engine
    sa.event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", refuse)


def test_readers_read_on_while_the_database_is_away(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    paper.publish("Tomorrow", published_at=paper.now + timedelta(hours=1))
    paper.get(path)
    paper.get("/")
    with no_database(paper):
        assert (paper.get(path).status_code, paper.fate(path)) == (200, STALE)
        paper.now += timedelta(hours=2)  # by the clock the front page has ended
        answer = paper.get("/")
        assert (answer.status_code, answer.headers["Cache-Status"]) == (200, STALE)
        lost = paper.get("/archive/")
        assert (lost.status_code, lost.headers["Retry-After"]) == (503, "30")
        assert "The Test Paper" in lost.text  # with the site as it was known last
    assert paper.fate("/archive/") == MADE
    assert "Tomorrow" in paper.get("/").text


def test_what_needs_the_database_does_not_hold_a_thread_up_while_it_is_away(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(**_: object) -> str:
        return "reached"

    number, path = paper.publish("Strike")
    paper.get(path)
    form = f"/articles/{number}/replies/new"
    monkeypatch.setitem(paper.app.view_functions, "comments.new", reached)
    assert paper.get(form).text == "reached"
    with no_database(paper):
        answer = paper.get(form)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "The Test Paper" in answer.text
        assert paper.get("/healthz").status_code == 200
    assert paper.get(form).text == "reached"


def test_a_worker_that_never_saw_the_database_says_so_plainly(paper: Paper) -> None:
    with no_database(paper):
        answer = paper.get("/")
    assert (answer.status_code, "catching its breath" in answer.text) == (503, True)


def test_a_page_that_fails_on_the_way_is_served_from_memory(paper: Paper) -> None:
    paper.publish("Tomorrow", published_at=paper.now + timedelta(hours=1))
    paper.get("/")
    paper.now += timedelta(hours=2)
    paper.cache.freshness.every = 1000  # it does not know yet that the database is away
    with no_database(paper):
        assert paper.fate("/") == STALE
        assert paper.get("/archive/").status_code == 503


def test_pictures_and_files_are_there_while_the_database_is_away(paper: Paper) -> None:
    paper.do(lambda: storage.put(f"{'0c' * 16}/full.jpg", io.BytesIO(b"pixels")))
    paper.get("/")
    with no_database(paper):
        assert paper.fate("/") == STALE  # it knows
        assert paper.get(f"/media/{'0c' * 16}/full.jpg").data == b"pixels"
        icon = paper.get("/favicon.ico")
        assert (icon.status_code, icon.location[:9]) == (302, "/favicon-")
        lost = paper.get(f"/media/{'0c' * 16}/320.webp")
        assert (lost.status_code, "The Test Paper" in lost.text) == (404, True)
        paper.cache.kept_site.clear()
        assert paper.get(f"/media/{'0c' * 16}/full.jpg").data == b"pixels"
        assert paper.get("/favicon.ico").status_code == 503
        assert paper.get(f"/media/{'0c' * 16}/320.webp").status_code == 404


def test_a_restored_database_drops_everything(paper: Paper) -> None:
    paper.get("/")
    paper.do(
        lambda: db.session.execute(
            sa.update(changes.ChangeCounter).values(epoch=changes.new_epoch())
        )
    )
    assert paper.fate("/") == MADE


def test_an_article_made_anew_takes_nine_questions(paper: Paper) -> None:
    _, path = paper.publish("Strike")
    paper.publish("Other", tags=("strike",))
    paper.get("/")
    asked: list[str] = []
    engine = paper.cache.freshness.engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET LOCAL")):
            asked.append(statement)

    paper.cache.freshness.every = 1000
    sa.event.listen(engine, "before_cursor_execute", note)
    assert paper.fate(path) == MADE
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= 9, asked
