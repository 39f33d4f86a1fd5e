"""Slow and silent lines wait outside of the threads that answer."""

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn
from ports import free_port

from newsite.web import worker
from newsite.web.desk.amounts import MAX_BYTES, MAX_UPLOAD_BYTES, ROOMY
from newsite.web.worker import LOOKED_AT, PatientWorker, body_seconds, has_head, is_whole

HEAD = b"POST / HTTP/1.1\r\nHost: a.org\r\n"
WHOLE = b"GET / HTTP/1.1\r\nHost: a.org\r\n\r\n"
LONG_HEAD = HEAD + b"".join(b"X-%d: %s\r\n" % (at, b"a" * 8_000) for at in range(9))
HALF = HEAD + b"Content-Length: 8\r\n\r\nhalf"


class Pool:
    """Threads that are never done, and whom they were given."""

    def __init__(self) -> None:
        self.given: list[TConn] = []

    def submit(self, handle: Any, conn: TConn) -> Future[bool]:
        self.given.append(conn)
        return Future()


@pytest.fixture
def patient() -> Iterator[PatientWorker]:
    """A worker with eight threads, in the middle of its loop."""
    config = Config()
    config.set("threads", 8)
    made = PatientWorker(1, os.getpid(), [], None, 30, config, Logger(config))
    made.poller, made.tpool = selectors.DefaultSelector(), Pool()
    yield made
    for conn in [*made.waiting, *made.ending, *made.tpool.given]:
        conn.sock.close()
    made.poller.close()
    made.tmp.close()


@pytest.fixture
def open_lines() -> Iterator[ExitStack]:
    """Lines that are closed at the end."""
    with ExitStack() as lines:
        yield lines


def turn(patient: PatientWorker) -> list[TConn]:
    """Who has a thread after another turn of the loop."""
    patient.wait_for_and_dispatch_events(0.01)
    given: list[TConn] = patient.tpool.given
    return given


def connect(patient: PatientWorker, sent: bytes) -> tuple[socket.socket, TConn]:
    """A new line on which something was sent."""
    theirs, ours = socket.socketpair()
    theirs.settimeout(5)  # seconds: a test that waits for ever tells nothing
    theirs.sendall(sent)
    conn = TConn(patient.cfg, ours, ("", 0), ("", 0))
    patient.nr_conns += 1
    patient.enqueue_req(conn)
    return theirs, conn


@pytest.mark.parametrize(
    ("there", "has_its_head", "is_all"),
    [
        (b"", False, False),
        (WHOLE[:-1], False, False),
        (WHOLE, True, True),
        (HALF, True, False),
        (HALF + b" an", True, False),
        (HALF + b" and", True, True),
        (HALF + b" and more", True, True),
        (HALF.replace(b"8", b"0" * 15 + b"8"), True, False),
        (HALF.replace(b"Content-Length: ", b"CONTENT-length:\t"), True, False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", True, False),
        (HALF.replace(b"8", b"0" * 30 + b"8"), True, False),  # gunicorn counts on, too
        (HALF.replace(b"8", b"9" * 5_000), True, False),
        (LONG_HEAD[:LOOKED_AT], True, False),  # gunicorn waits for its end
    ],
)
def test_a_request_is_known_to_be_there(there: bytes, has_its_head: bool, is_all: bool) -> None:
    assert has_head(there) is has_its_head
    assert is_whole(there) is is_all


def test_a_whole_request_has_a_thread_at_once(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE)
    with line:
        assert patient.tpool.given == [conn]
        assert conn.data_ready


def test_a_silent_line_waits_for_its_first_byte(patient: PatientWorker) -> None:
    line, conn = connect(patient, b"")
    with line:
        assert turn(patient) == []
        patient._look(conn)  # woken for nothing, as kernels may
        line.sendall(WHOLE[:5])
        assert turn(patient) == []
        line.sendall(WHOLE[5:])
        assert turn(patient) == [conn]
        assert not patient.waiting


def test_a_line_that_ends_has_a_thread_to_close_it(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE[:5])
    line.shutdown(socket.SHUT_WR)
    with line:
        assert turn(patient) == []  # what was sent lies there still
        conn.sock.recv(5)
        assert turn(patient) == [conn]


def test_headers_that_do_not_come_are_given_up(
    patient: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEAD_SECONDS", 0.0)
    for sent in (b"", WHOLE[:5]):
        line, _ = connect(patient, sent)
        with line:
            time.sleep(0.001)
            assert turn(patient) == []
            assert (patient.waiting, patient.nr_conns) == ({}, 0)


def test_bodies_on_their_way_have_a_quarter_of_the_threads(patient: PatientWorker) -> None:
    slow = [connect(patient, HALF) for _ in range(4)]
    with slow[0][0], slow[1][0], slow[2][0], slow[3][0]:
        assert turn(patient) == [slow[0][1], slow[1][1]]
        line, reader = connect(patient, WHOLE)
        with line:
            assert turn(patient)[2:] == [reader]
        done: Future[bool] = Future()
        done.set_result(False)
        patient.finish_request(slow[0][1], done)
        assert turn(patient)[3:] == [slow[2][1]]
        slow[3][0].sendall(b" and")
        assert turn(patient)[4:] == [slow[3][1]]


def test_those_who_write_leave_half_of_the_threads_to_readers(
    patient: PatientWorker, open_lines: ExitStack
) -> None:
    writers = [connect(patient, HALF + b" and") for _ in range(6)]
    for line, _ in writers:
        open_lines.enter_context(line)
    assert turn(patient) == [conn for _, conn in writers[:4]]
    line, reader = connect(patient, WHOLE)
    open_lines.enter_context(line)
    assert turn(patient)[4:] == [reader]
    done: Future[bool] = Future()
    done.set_result(False)
    patient.finish_request(writers[0][1], done)
    assert turn(patient)[5:] == [writers[4][1]]  # in the order in which they came


def test_slow_bodies_and_those_who_write_together_leave_half_of_the_threads_to_readers(
    patient: PatientWorker, open_lines: ExitStack
) -> None:
    slow = [connect(patient, HALF) for _ in range(4)]
    writers = [connect(patient, HALF + b" and") for _ in range(8)]
    for line, _ in slow + writers:
        open_lines.enter_context(line)
    kept = turn(patient)
    assert kept == [conn for _, conn in slow[:2] + writers[:2]]
    readers = [connect(patient, WHOLE) for _ in range(4)]
    for line, _ in readers:
        open_lines.enter_context(line)
    assert turn(patient)[4:] == [conn for _, conn in readers]


def test_who_has_no_turn_to_write_is_told_so_without_a_thread(
    patient: PatientWorker, open_lines: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ROOM_SECONDS", 0.0)
    writers = [connect(patient, HALF + b" and") for _ in range(5)]
    for line, _ in writers:
        open_lines.enter_context(line)
    time.sleep(0.001)
    assert turn(patient) == [conn for _, conn in writers[:4]]
    head, _, body = writers[4][0].recv(4_096).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Nothing was stored" in body
    assert writers[4][0].recv(1) == b""
    assert (patient.waiting, patient.queued) == ({}, set())
    assert patient.nr_conns == 4


def test_who_is_still_sending_waits_for_a_turn_as_long_and_is_told_so_too(
    patient: PatientWorker, open_lines: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "HEAD_SECONDS", 0.0)
    lines = [connect(patient, HALF) for _ in range(3)]
    for line, _ in lines:
        open_lines.enter_context(line)
    time.sleep(0.001)
    assert turn(patient) == [conn for _, conn in lines[:2]]
    line, conn = lines[2]
    assert conn in patient.waiting
    patient.waiting[conn] = time.monotonic()
    turn(patient)
    line.sendall(b" and")  # who sends does not listen yet
    turn(patient)
    assert line.recv(4_096).startswith(b"HTTP/1.1 503 ")
    assert line.recv(1) == b""
    assert (patient.waiting, patient.queued) == ({}, set())
    line.close()
    turn(patient)
    assert (patient.ending, patient.nr_conns) == ({}, 2)


def test_who_sent_the_next_request_along_with_the_last_is_told_so_too(
    patient: PatientWorker, open_lines: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ROOM_SECONDS", 0.0)
    for line, _ in [connect(patient, HALF) for _ in range(2)]:
        open_lines.enter_context(line)
    line, conn = connect(patient, b"")
    open_lines.enter_context(line)
    conn.init()
    conn.parser.unreader.unread(HALF)
    patient._look(conn)
    time.sleep(0.001)
    turn(patient)
    assert line.recv(4_096).startswith(b"HTTP/1.1 503 ")


def test_a_body_that_does_not_come_ends(
    patient: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BODY_SECONDS", 0.0)
    line, conn = connect(patient, HALF)
    with line:
        time.sleep(0.001)
        turn(patient)
        assert conn.sock.recv(len(HALF)) == HALF
        assert conn.sock.recv(1) == b""


PICTURE = (
    b"POST /desk/pictures/ HTTP/1.1\r\nHost: a.org\r\nCookie: a=b; newsite_desk=x.y.z\r\n"
    b"Content-Length: %d\r\n\r\nhalf"
)


@pytest.mark.parametrize(
    ("there", "seconds"),
    [
        (PICTURE % (25 * 1024**2), 449),
        (PICTURE % MAX_UPLOAD_BYTES, 1_724),
        (PICTURE % 10**15, 1_724),  # more is refused unread
        (PICTURE.replace(b"tures/ ", b"tures/7/replacement ") % (25 * 1024**2), 449),
        (PICTURE.replace(b"newsite_desk", b"other") % (25 * 1024**2), 30),
        (PICTURE.replace(b"a=b; newsite_", b"no_newsite_") % (25 * 1024**2), 30),
        (PICTURE.replace(b"/desk/pictures", b"/articles/1") % (25 * 1024**2), 30),
        (PICTURE.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked"), 30),
        (HALF + PICTURE % (25 * 1024**2), 30),  # what stands in a body is no header
        (LONG_HEAD[:LOOKED_AT], 30),
    ],
)
def test_only_files_for_the_desk_have_longer(there: bytes, seconds: float) -> None:
    assert round(body_seconds(there)) == seconds


def test_who_makes_a_cookie_up_gains_a_minute(app: Flask) -> None:
    # Without a session behind the cookie, what is larger is refused before it is read.
    assert body_seconds(PICTURE % MAX_BYTES) < 100
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in ROOMY]
    assert len(rules) == len(ROOMY)
    assert all(f"POST {rule}".encode().startswith(worker.FILES) for rule in rules)


def test_pictures_on_slow_lines_leave_a_thread_to_all_other_slow_bodies(
    patient: PatientWorker, open_lines: ExitStack
) -> None:
    pictures = [connect(patient, PICTURE % MAX_UPLOAD_BYTES) for _ in range(2)]
    line, form = connect(patient, HALF)
    for one in (line, *(line for line, _ in pictures)):
        open_lines.enter_context(one)
    assert turn(patient) == [pictures[0][1], form]
    done: Future[bool] = Future()
    done.set_result(False)
    patient.finish_request(form, done)
    assert turn(patient)[2:] == []
    patient.finish_request(pictures[0][1], done)
    assert turn(patient)[2:] == [pictures[1][1]]


def test_where_one_thread_is_for_slow_bodies_a_picture_may_have_it(
    patient: PatientWorker, open_lines: ExitStack
) -> None:
    patient.cfg.set("threads", 4)
    line, conn = connect(patient, PICTURE % MAX_UPLOAD_BYTES)
    open_lines.enter_context(line)
    assert turn(patient) == [conn]


def test_a_picture_on_a_slow_line_is_waited_for(
    patient: PatientWorker, open_lines: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BODY_SECONDS", 0.0)
    sent = PICTURE % (25 * 1024**2)
    line, conn = connect(patient, sent)
    open_lines.enter_context(line)
    assert turn(patient) == [conn]
    time.sleep(0.001)
    turn(patient)
    assert conn.sock.recv(len(sent)) == sent
    with pytest.raises(BlockingIOError):  # it was not ended
        conn.sock.recv(1, socket.MSG_DONTWAIT)


def over(conn: TConn, patient: PatientWorker) -> None:
    """The answer was sent, and is the last one."""
    patient.waiting.pop(conn, None)
    done: Future[bool] = Future()
    done.set_result(False)
    patient.finish_request(conn, done)


def test_who_goes_on_sending_gets_the_answer_and_keeps_nobody(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE)
    with line:
        conn.sock.recv(len(WHOLE))
        conn.sock.sendall(b"too much")
        line.sendall(b"more")
        begun = time.monotonic()
        over(conn, patient)
        patient._read_on(conn)
        patient._read_on(conn)  # woken for nothing, as kernels may
        assert time.monotonic() - begun < 1
        line.sendall(b"and more")
        turn(patient)
        assert line.recv(20) == b"too much"
        assert line.recv(1) == b""
        assert (len(patient.ending), patient.nr_conns) == (1, 1)
        line.shutdown(socket.SHUT_WR)
        turn(patient)
        assert (patient.ending, patient.nr_conns) == ({}, 0)


def test_a_line_that_does_not_end_is_ended(
    patient: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seconds, is_alive in ((0.0, True), (60.0, False)):
        monkeypatch.setattr(worker, "END_SECONDS", seconds)
        line, conn = connect(patient, WHOLE)
        with line:
            over(conn, patient)
            time.sleep(0.001)
            patient.alive = is_alive
            turn(patient)
            assert (patient.ending, patient.nr_conns) == ({}, 0)


def test_a_line_that_broke_is_ended(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE)
    line.close()
    conn.sock.close()
    over(conn, patient)
    assert patient.ending == {}
    line, conn = connect(patient, WHOLE)
    with line:
        over(conn, patient)
        conn.sock.recv(len(WHOLE))
        patient.poller.unregister(conn.sock)
        conn.sock.close()
        patient._read_on(conn)
        assert (patient.ending, patient.nr_conns) == ({}, 0)


def test_a_line_that_goes_on_is_gunicorns(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE)
    with line:
        conn.init()
        done: Future[bool] = Future()
        done.set_result(True)
        patient.finish_request(conn, done)
        assert list(patient.keepalived_conns) == [conn]
    for how in (Future.cancel, lambda future: future.set_exception(OSError())):
        line, conn = connect(patient, WHOLE)
        line.close()
        future: Future[bool] = Future()
        how(future)
        patient.finish_request(conn, future)
        assert patient.ending == {}


def test_what_was_read_ahead_counts_as_slow(patient: PatientWorker) -> None:
    line, conn = connect(patient, b"")
    with line:
        conn.init()
        conn.parser.unreader.unread(WHOLE[:5])
        patient._look(conn)
        assert patient.tpool.given == list(patient.reading) == [conn]


def test_a_line_that_is_gone_is_given_up(patient: PatientWorker) -> None:
    line, conn = connect(patient, WHOLE[:5])
    line.close()
    conn.sock.close()
    assert turn(patient) == []
    assert patient.waiting == {}


def test_a_worker_that_stops_waits_for_no_silent_line(patient: PatientWorker) -> None:
    line, _ = connect(patient, b"")
    with line:
        patient.alive = False
        assert turn(patient) == []
        assert patient.waiting == {}


def test_under_tls_nothing_can_be_seen(
    patient: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Config, "is_ssl", True)
    line, conn = connect(patient, b"")
    with line:
        assert patient.tpool.given == [conn]


BODIES = [  # the rest of a head, a body that is refused unread, and whether the line goes on
    (b"Content-Length: 0", b"", True),
    (b"Content-Length: 65535", b"x" * 65_535, True),
    (b"Content-Length: 65536", b"x" * 65_536, False),
    (b"Transfer-Encoding: chunked", b"2\r\nxx\r\n0\r\n\r\n", False),
]


@pytest.mark.parametrize(("head", "body", "is_kept"), BODIES)
def test_an_answer_says_that_the_line_ends_where_a_body_may_be_left_unread(
    patient: PatientWorker, head: bytes, body: bytes, *, is_kept: bool
) -> None:
    def refuse(environ: Any, start_response: Any) -> list[bytes]:
        start_response("413 Too Much", [("Content-Length", "2")])
        return [b"no"]

    patient.wsgi = refuse
    line, conn = connect(patient, HEAD + head + b"\r\n\r\n" + body)
    with line:
        assert patient.handle(conn) == is_kept
        assert (b"\r\nConnection: close\r\n" in line.recv(4096)) != is_kept
        conn.sock.close()


APP = """
def app(environ, start_response):
    if environ["PATH_INFO"] != "/refused":
        environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where gunicorn answers with this worker and four threads."""
    (tmp_path / "small.py").write_text(APP)
    found = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{found}", "--threads", "4"]
    command += ["--worker-class", "newsite.web.worker.PatientWorker", "--chdir", str(tmp_path)]
    process = subprocess.Popen([*command, "--no-control-socket", "small:app"], cwd=tmp_path)
    try:
        wait_for(found)
        yield found
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int) -> None:
    """Returns when somebody answers there; a busy machine may take a minute over it."""
    until = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "gunicorn did not start"
            time.sleep(0.05)


def answer(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(sent)
        return line.recv(12)


def test_readers_are_served_while_others_do_not_end_their_lines(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(10)]
    for line in lines:
        line.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert line.recv(12) == b"HTTP/1.1 200"
    assert answer(port, WHOLE) == b"HTTP/1.1 200"  # within five seconds
    for line in lines:
        line.close()


@pytest.mark.parametrize("sent", [b"", HEAD, HALF, HALF.replace(b"8", b"0" * 30 + b"8"), LONG_HEAD])
def test_readers_are_served_however_many_lines_are_slow(port: int, sent: bytes) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(20)]
    for line in lines:
        line.sendall(sent)
    assert answer(port, WHOLE) == b"HTTP/1.1 200"
    assert answer(port, HALF + b" and") == b"HTTP/1.1 200"
    for line in lines:
        line.close()


@pytest.mark.parametrize(("head", "body", "is_kept"), BODIES)
def test_a_line_is_kept_where_it_was_promised(
    port: int, head: bytes, body: bytes, *, is_kept: bool
) -> None:
    refused = HEAD.replace(b"/", b"/refused", 1) + head + b"\r\n\r\n" + body
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(refused)
        first = b""
        while not first.endswith(b"ok"):
            first += line.recv(4096)
        assert (b"\r\nConnection: keep-alive\r\n" in first) == is_kept
        assert (b"\r\nConnection: close\r\n" in first) != is_kept
        if is_kept:
            line.sendall(WHOLE)
        assert line.recv(12) == (b"HTTP/1.1 200" if is_kept else b"")
