import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsite import serve
from newsite.serve import PortTaken, Supervisor

WAIT = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); signal.pause()"


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def when(fact: Callable[[], object]) -> None:
    """Waits until it is so, ten seconds at most."""
    until = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Whether the process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Short waits; this process's own signals are afterwards what they were."""
    monkeypatch.setattr(serve, "BLINK", 0.01)
    monkeypatch.setattr(serve, "FIRST_PAUSE", 0.05)
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def meanwhile(work: Callable[[], None]) -> threading.Thread:
    """Does something while the supervisor runs, and then ends it, whatever came of it."""

    def run() -> None:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_it_ends_with_the_servers_exit_code_and_takes_the_worker_along():
    supervisor = Supervisor(python("import time; time.sleep(1); raise SystemExit(3)"), python(WAIT))
    assert supervisor.run() == 3
    assert supervisor.worker.returncode is not None


def test_a_server_that_was_killed_counts_as_its_signal():
    source = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert Supervisor(python(source), python(WAIT)).run() == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_stop_reaches_the_server_as_it_was_sent(tmp_path, number):
    told = tmp_path / "told"
    source = f"""
import os, signal
def note(number, frame):
    open({str(told)!r}, "w").write(str(number))
    os._exit(0)  # at once: Python takes its handlers off before it is gone, and a second signal is on its way
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, note)
open({str(told)!r}, "w").write("ready")
signal.pause()
"""
    supervisor = Supervisor(python(source), python(WAIT))

    def stop() -> None:
        when(lambda: told.exists() and told.read_text() == "ready" and supervisor.worker)
        os.kill(os.getpid(), number)
        when(lambda: told.read_text() == str(int(number)))

    thread = meanwhile(stop)
    assert supervisor.run() == 0
    thread.join()
    assert not lives(supervisor.worker.pid)


def test_a_worker_that_ends_is_started_again_later_and_later(capfd):
    supervisor = Supervisor(python(WAIT), python("raise SystemExit(7)"))
    begun: list[float] = []
    start = serve._start

    def note(command: list[str]) -> subprocess.Popen[bytes]:
        begun.append(time.monotonic())
        return start(command)

    serve._start = note
    try:
        thread = meanwhile(lambda: when(lambda: len(begun) >= 5))
        supervisor.run()
        thread.join()
    finally:
        serve._start = start
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert lines[0]["message"] == "the worker ended with 7; the next one starts in 0 s"
    assert lines[0]["logger"] == "newsite.serve"
    rests = [later - earlier for earlier, later in itertools.pairwise(begun)]
    assert rests[-1] > 0.15  # 0.05, 0.1, 0.2, and what Python takes to start


def test_after_a_good_run_the_pauses_begin_anew(monkeypatch):
    monkeypatch.setattr(serve, "GOOD_RUN", 0.0)
    supervisor = Supervisor(python(WAIT), python("pass"))
    starts: list[int] = []

    def watch() -> None:
        seen: set[int] = set()

        def enough() -> bool:
            if supervisor.worker is not None:
                seen.add(supervisor.worker.pid)
            starts[:] = seen
            return len(seen) >= 4

        when(enough)

    thread = meanwhile(watch)
    supervisor.run()
    thread.join()
    assert len(starts) >= 4
    assert supervisor._pause <= 2 * serve.FIRST_PAUSE


def test_to_reload_gives_the_server_the_signal_and_starts_another_worker(tmp_path):
    told = tmp_path / "told"
    source = f"""
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGHUP, lambda *_: open({str(told)!r}, "w").close())
open({str(tmp_path / "ready")!r}, "w").close()
while True:
    signal.pause()
"""
    supervisor = Supervisor(python(source), python(WAIT))
    workers: list[int] = []

    def reload() -> None:
        when(lambda: (tmp_path / "ready").exists() and supervisor.worker is not None)
        workers.append(supervisor.worker.pid)
        os.kill(os.getpid(), signal.SIGHUP)
        when(told.exists)
        when(lambda: supervisor.worker is not None and supervisor.worker.pid != workers[0])
        workers.append(supervisor.worker.pid)

    thread = meanwhile(reload)
    assert supervisor.run() == 0
    thread.join()
    assert len(set(workers)) == 2


def test_who_stops_it_before_it_has_begun_is_heard(monkeypatch):
    start = serve._start

    def stopped_meanwhile(command: list[str]) -> subprocess.Popen[bytes]:
        os.kill(os.getpid(), signal.SIGTERM)
        return start(command)

    monkeypatch.setattr(serve, "_start", stopped_meanwhile)
    supervisor = Supervisor(python(WAIT), python(WAIT))
    assert supervisor.run() in (0, 128 + signal.SIGTERM)
    assert supervisor.worker is None


def test_a_server_that_will_not_stop_is_killed_in_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "PATIENCE", 0.5)
    ready = tmp_path / "ready"
    deaf = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open({str(ready)!r}, "w").close()
while True:
    signal.pause()
"""
    supervisor = Supervisor(python(deaf), python(WAIT))
    thread = meanwhile(lambda: when(ready.exists))
    assert supervisor.run() == 128 + signal.SIGKILL
    thread.join()


def with_serve(source: str) -> list[str]:
    """A command that runs `source` with our module at hand, and nothing else of the site."""
    folder = str(Path(serve.__file__).parent)
    return python(f"import sys; sys.path.insert(0, {folder!r}); import serve\n{source}")


def test_its_children_do_not_outlive_it_when_it_is_killed(tmp_path):
    pids = tmp_path / "pids"
    child = f"""
import os, time
with open({str(pids)!r}, "a") as file:
    print(os.getpid(), file=file)
time.sleep(60)
"""
    source = f"child = {python(child)!r}; serve.Supervisor(child, child).run()"
    supervisor = subprocess.Popen(with_serve(source))
    when(lambda: pids.exists() and len(pids.read_text().splitlines()) == 2)
    supervisor.kill()
    supervisor.wait()
    children = [int(pid) for pid in pids.read_text().split()]
    when(lambda: not any(lives(pid) for pid in children))


def test_a_child_whose_parent_is_gone_already_does_not_begin():
    source = "serve._bound_to(1 << 22)(); print('began')"  # nobody's parent has this number
    result = subprocess.run(with_serve(source), capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (1, b"")


def test_elsewhere_than_on_linux_children_are_not_bound(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert serve._bound_to(1) is None


def test_the_supervisor_takes_the_place_of_the_command(monkeypatch):
    became: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda path, words: became.append((path, words)))
    serve.supervise("127.0.0.1:8000", 3)
    words = [sys.executable, "-I", serve.__file__, "127.0.0.1:8000", "3"]
    assert became == [(sys.executable, words)]


def test_the_commands_do_not_depend_on_the_working_directory():
    server, worker = serve.gunicorn_command("127.0.0.1:1", 3), serve.worker_command()
    assert server[:4] == [sys.executable, "-P", "-m", "gunicorn"]
    assert server[4:] == [
        "--config",
        "python:newsite.web.server",
        "--bind",
        "127.0.0.1:1",
        "--workers",
        "3",
        "newsite:create_app()",
    ]
    assert worker == [sys.executable, "-P", "-m", "newsite.cli", "worker"]


def test_a_free_address_is_free_and_a_taken_one_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(PortTaken, match="Address already in use"):
            serve.require_free(taken)
    serve.require_free(taken)


@pytest.mark.parametrize(
    "bind",
    [
        "8000",
        "127.0.0.1:http!",
        "127.0.0.1:",
        ":8000",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
    ],
)
def test_what_is_no_address_is_said(bind):
    with pytest.raises(PortTaken, match="is no address to listen at"):
        serve.require_free(bind)


def test_it_needs_nothing_but_python_itself():
    # What stays in memory for months stays small: see the top of the module.
    source = "print(*sys.modules)"
    result = subprocess.run(with_serve(source), capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stdout.split()}
    assert "serve" in loaded
    assert loaded.isdisjoint({"newsite", "flask", "click", "sqlalchemy", "gunicorn"})
