import gc
import json
import logging
import logging.config
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gunicorn.config
import gunicorn.glogging
import pytest

from newsite.db import db
from newsite.web import server
from newsite.web.pagecache import layer
from newsite.web.worker import PatientWorker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def loaded() -> gunicorn.config.Config:
    """gunicorn's settings as it reads them from our file."""
    made = gunicorn.config.Config()
    for name, value in runpy.run_path(str(ROOT / "gunicorn.conf.py")).items():
        if name in made.settings:
            made.set(name, value)
    return made


@pytest.fixture
def root_log() -> Iterator[logging.Logger]:
    """The root logger, which is afterwards as it was."""
    log = logging.getLogger()
    handlers, level = log.handlers[:], log.level
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


def test_gunicorn_takes_every_setting_of_ours(loaded):
    # `from … import *` brings all of them: whoever runs gunicorn by hand has the same site.
    ours = {name: value for name, value in vars(server).items() if name in loaded.settings}
    hooks = {"post_fork", "post_worker_init", "when_ready", "worker_exit"}
    assert hooks < ours.keys()
    for name in ours.keys() - hooks - {"bind", "forwarded_allow_ips", "forwarder_headers"}:
        assert loaded.settings[name].get() == ours[name], name
    assert loaded.bind == [ours["bind"]]
    assert loaded.worker_class is PatientWorker


def test_gunicorn_believes_nobody_and_opens_no_second_door(loaded):
    assert loaded.forwarded_allow_ips == []
    assert loaded.forwarder_headers == []
    assert loaded.secure_scheme_headers == {}
    assert loaded.control_socket_disable


def test_gunicorn_writes_no_access_log_of_its_own_and_lines_of_json(loaded, capsys, root_log):
    assert loaded.accesslog is None
    log = gunicorn.glogging.Logger(loaded)
    try:
        log.warning("Invalid request from ip=%s: too long", "203.0.113.77")
        line = json.loads(capsys.readouterr().err)
    finally:
        log.error_log.handlers.clear()
    assert line["logger"] == "gunicorn.error"
    assert line["message"] == "Invalid request from ip=203.0.113.0: too long"


def test_behind_a_proxy_the_proxy_hangs_up_first(monkeypatch):
    def kept(proxies: str) -> int:
        monkeypatch.setenv("NEWSITE_PROXIES", proxies)
        return runpy.run_path(server.__file__)["keepalive"]

    assert kept("0") == 5
    assert kept("1") > 60  # nginx's keepalive_timeout of upstreams


def test_a_worker_begins_without_its_parents_connections(app):
    db.session.execute(db.text("SELECT 1")).scalar()
    db.session.remove()
    before = db.engine.pool
    arbiter = SimpleNamespace(app=SimpleNamespace(wsgi=lambda: app))
    assert before is db.engine.pool
    server.post_fork(arbiter, None)
    assert db.engine.pool is not before
    before.dispose()


def test_a_worker_writes_down_what_was_read_while_it_runs_and_when_it_ends(app, monkeypatch):
    readings, told = app.extensions[layer.KEY].readings, []
    for name in ("begin", "end"):
        monkeypatch.setattr(readings, name, lambda name=name: told.append(name))
    server.post_worker_init(SimpleNamespace(wsgi=app))
    server.worker_exit(SimpleNamespace(app=SimpleNamespace(wsgi=lambda: app)), None)
    assert told == ["begin", "end"]


@pytest.fixture
def warmed(monkeypatch):
    """The apps that had pages made; it would end the connection that is this test's database."""
    found = []
    monkeypatch.setattr(server, "warm_up", found.append)
    return found


def test_templates_are_read_and_pages_made_before_the_fork(app, warmed):
    app.jinja_env.cache.clear()
    server.when_ready(SimpleNamespace(app=SimpleNamespace(wsgi=lambda: app)))
    gc.unfreeze()
    pages = [name for name in app.jinja_env.list_templates() if not name.startswith("mail/")]
    assert len(app.jinja_env.cache) == len(pages)
    assert warmed == [app]


@pytest.mark.parametrize("has_heaps", [True, False])  # of glibc's kind; musl and macOS have others
def test_threads_share_one_heap_where_the_system_would_give_each_its_own(
    app, warmed, monkeypatch, has_heaps
):
    told = []
    library = SimpleNamespace(mallopt=lambda *given: told.append(given), malloc_trim=told.append)
    monkeypatch.setattr(
        server.ctypes, "CDLL", lambda name: library if has_heaps else SimpleNamespace()
    )
    server.when_ready(SimpleNamespace(app=SimpleNamespace(wsgi=lambda: app)))
    gc.unfreeze()
    heaps, large = (server.M_ARENA_MAX, 1), (server.M_MMAP_THRESHOLD, server.LARGE)
    assert told == ([heaps, large, 0] if has_heaps else [])


def test_modules_that_were_there_before_are_not_silenced(root_log: logging.Logger) -> None:
    """`newsite worker` sets the log up when everything is imported: it said nothing of a cache that was gone."""
    before = logging.getLogger("newsite.outbox")
    try:
        logging.config.dictConfig({"version": 1, **server.logconfig_dict})
        assert not before.disabled
    finally:
        before.disabled = False
