"""Two hosts with folders of their own, one PostgreSQL, one Redis, and Varnish in front of both."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

import pytest
import redis_server
from fronts import Host, program, start_varnish, wait_for
from photographs import photograph
from ports import free_port
from postgres_server import empty_database
from reader import Answer, Reader
from served import PASSWORD

# What is promised (docs/operator.md, Two hosts), in seconds after the answer to whoever made the change.
HOST_SHOWS, VARNISH_SHOWS = 1.0, 2.5
WATCHED = 4.0  # seconds; what was new must not become old again
READERS = 40
WHOLE = {"standfirst": "All that was said.", "do": "publish"}  # with it, publishing asks nothing


@dataclass
class Two:
    """The site: its hosts, and Varnish's port."""

    one: Host
    other: Host
    port: int
    desk: Reader  # Edith, signed in, at host one itself
    numbers: Iterator[int] = field(default_factory=count)

    def reader(self, source: str = "127.0.7.1") -> Reader:
        return Reader(self.port, source=source)

    def publish(self, title: str, body: str = "The count was at six.") -> tuple[str, str]:
        """The number and the path of a new article, published at the desk of host one."""
        typed = WHOLE | {"title": title, "body": body}
        sent = self.desk.send("/desk/articles/new", "/desk/articles/new", **typed)
        assert sent.status == 303, sent.text
        number = sent.headers["Location"].rpartition("/")[2]
        assert number.isdigit()  # else it is asked for something first
        wait_for(lambda: title in self.one.reader.get("/").text)
        front = self.one.reader.get("/").text
        found = re.search(rf'href="([^"]+)"[^>]*>\s*{title}', front)
        assert found, front
        return number, found[1]

    def reply(self, by: Reader, path: str, comment: str) -> Answer:
        """Sends a reply through the form on an article's page, each by somebody else: one is asked not to hurry."""
        email = f"ann{next(self.numbers)}@example.org"
        return by.send(path, r"/replies", comment=comment, author="Ann", email=email)

    def decide(self, decision: str, name: str = "pending") -> Answer:
        """Presses a button beside the newest reply of a queue."""
        queue = "/desk/replies/" + ("" if name == "pending" else f"{name}/")
        found = re.search(r'id="reply-(\d+)"', self.desk.get(queue).text)
        assert found
        return self.desk.send(
            queue, r"/desk/replies/decisions.*", decision=f"{decision} {found[1]}"
        )

    def watch(
        self, change: Callable[[], Answer], path: str, is_new: Callable[[Answer], bool]
    ) -> None:
        """Makes a change on host one, and holds the other host and Varnish to what is promised."""
        watched = {HOST_SHOWS: self.other.reader, VARNISH_SHOWS: self.reader()}
        for reader in watched.values():
            wait_for(
                lambda reader=reader: (
                    "hit" in reader.get(path).fate or reader.get(path).status == 404
                )
            )
            assert not is_new(reader.get(path))
        answer = change()
        committed = time.monotonic()
        assert answer.status == 303, answer.text
        last_old = dict.fromkeys(watched, 0.0)
        while (begun := time.monotonic() - committed) < WATCHED:
            for promised, reader in watched.items():
                begun = time.monotonic() - committed
                if not is_new(reader.get(path)):
                    last_old[promised] = begun
            time.sleep(0.02)
        assert all(at <= promised for promised, at in last_old.items()), last_old


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Two]:
    program("varnishd")
    folder, port = tmp_path_factory.mktemp("two"), free_port()
    with ExitStack() as running:
        settings = {
            "DATABASE_URL": running.enter_context(empty_database(f"newsite_two_{worker_id}")),
            "REDIS_URL": running.enter_context(redis_server.running()).url,
            "PURGE_URLS": f"http://127.0.0.1:{port}/",
            "MEDIA_URL": f"file://{folder}/media",
        }
        hosts = []
        for name in ("one", "other"):
            hosts.append(Host(folder / name, f"http://127.0.0.1:{port}", **settings))
            running.callback(hosts[-1].stop)
        email = hosts[0].add_editor()
        varnish = start_varnish(folder, port, (hosts[0].port, hosts[1].port))
        running.callback(varnish.stop)
        desk = hosts[0].reader.sign_in(email, PASSWORD)
        yield Two(*hosts, port, desk)


def test_what_is_published_on_one_host_is_on_the_other_and_in_varnish(two: Two) -> None:
    two.publish("Before")

    def publish() -> Answer:
        typed = WHOLE | {"title": "Night shift votes", "body": "Six."}
        return two.desk.send("/desk/articles/new", "/desk/articles/new", **typed)

    two.watch(publish, "/", lambda answer: "Night shift votes" in answer.text)


def test_a_correction_is_on_the_other_and_in_varnish(two: Two) -> None:
    number, path = two.publish("The ballot", "The count was at six.")

    def correct() -> Answer:
        typed = {"body": "The count was at seven.", "change": "correction", "note": "Not at six."}
        page = f"/desk/articles/{number}"
        return two.desk.send(page, page, **typed)

    two.watch(correct, path, lambda answer: "at seven." in answer.text)
    assert "Not at six." in two.reader().get("/corrections/").text


def test_a_reply_is_shown_and_removed_on_the_other_and_in_varnish(two: Two) -> None:
    _, path = two.publish("Overtime")
    assert two.reply(two.reader("127.0.20.1"), path, "Well said, all of you.").status == 303

    def shown(answer: Answer) -> bool:
        return "Well said, all of you." in answer.text

    two.watch(lambda: two.decide("approve"), path, shown)
    two.watch(lambda: two.decide("trash", "approved"), path, lambda answer: not shown(answer))


def test_a_withdrawn_article_is_gone_on_the_other_and_in_varnish(two: Two) -> None:
    number, path = two.publish("A mistake")
    page = f"/desk/articles/{number}/withdraw"

    def withdraw() -> Answer:
        return two.desk.send(page, page, reason="It named a person.")

    two.watch(withdraw, path, lambda answer: answer.status == 410)
    gone = two.reader().get(path)
    assert "It named a person." in gone.text
    assert "A mistake" not in two.reader().get("/").text


def test_a_picture_of_one_host_is_shown_by_the_other_in_its_sizes(two: Two) -> None:
    sent = two.desk.upload(
        "/desk/pictures/", "files", "gate.jpg", photograph("JPEG"), Accept="application/json"
    )
    assert sent.status == 200, sent.text
    [picture] = json.loads(sent.text)["pictures"]
    page = f"/desk/pictures/{picture['id']}"
    assert two.desk.send(page, page, alt="A gate at night", credit="Ann").status == 303
    # Either host's worker may be the one that makes the sizes.
    wait_for(lambda: "/320.webp" in two.desk.get("/desk/pictures/pick").text)
    _, path = two.publish("At the gate", f'<figure data-picture="{picture["id"]}"></figure>')
    wait_for(lambda: "640.webp 640w" in two.other.reader.get(path).text)
    key = picture["src"].split("/")[2]
    for name in ("full.jpg", "320.webp", "640.webp"):
        readers = (two.one.reader, two.other.reader, two.reader())
        answers = [reader.get(f"/media/{key}/{name}") for reader in readers]
        assert [one.status for one in answers] == [200, 200, 200]
        assert len({one.body for one in answers}) == 1
    assert "files are where they should be" in two.other.newsite("check")


def test_a_form_of_one_host_is_taken_by_the_other(two: Two) -> None:
    _, path = two.publish("Forms")
    page = two.one.reader.get(path).text
    action = re.search(r'action="(/articles/\d+/replies)"', page)
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert action
    assert token
    typed = {"author": "Ann", "email": "ann@example.org", "comment": "From one to the other."}
    sent = two.other.reader.post(action[1], typed | {"csrf_token": token[1]})
    assert sent.status == 303
    own = two.one.reader.get(sent.headers["Location"])  # its address is good on both, too
    assert "From one to the other." in own.text


def test_attempts_are_counted_together(two: Two) -> None:
    number, _ = two.publish("Attempts")
    asked = [two.one, two.other] * 3
    statuses = [
        host.reader.post(f"/articles/{number}/replies", {}, X_Forwarded_For="203.0.113.77").status
        for host in asked
    ]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize("which", ["one", "other"])
def test_readers_and_repliers_go_on_when_a_host_is_gone(two: Two, which: str) -> None:
    _, path = two.publish(f"While {which} is away")
    gone, left = (two.one, two.other) if which == "one" else (two.other, two.one)
    for _ in range(4):  # lines to both hosts are open
        two.reader().get("/readyz")
    gone.kill()
    try:
        for number in range(READERS):
            reader = two.reader(f"127.0.{30 + number}.{1 if which == 'one' else 2}")
            answers = [reader.get(f"/?nobody-asked-this-before={which}{number}"), reader.get(path)]
            assert [answer.status for answer in answers] == [200, 200]
            if number % 4 == 0:
                sent = two.reply(reader, path, f"Reply {number} while {which} is away.")
                assert sent.status == 303, sent.text
                assert reader.get(sent.headers["Location"]).status == 200
        # The desk goes on at the host that is left, and its worker tells Varnish.
        desk = Reader(left.port, host=left.url.partition("//")[2], cookies=two.desk.cookies)
        title = f"Written while {which} is away"
        typed = WHOLE | {"title": title, "body": "Six."}
        assert desk.send("/desk/articles/new", "/desk/articles/new", **typed).status == 303
        wait_for(lambda: title in two.reader().get("/").text)
    finally:
        gone.start()
    assert title in gone.reader.get("/").text
