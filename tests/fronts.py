"""newsite behind the real nginx and the real Varnish, as an operator sets them up from deploy/."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ports import free_port
from reader import Reader
from served import PASSWORD, environment, with_files

from newsite import config, create_app
from newsite.articles import actions
from newsite.articles.drafts import Draft
from newsite.db import db
from newsite.site import queries as sites
from newsite.web.context import reserved

DEPLOY = Path(__file__).parents[1] / "deploy"
UMASK = 0o027  # as in deploy/newsite.service
PATIENCE = 180.0  # seconds until something is taken for broken: a busy machine needs a minute
VARNISH_LIBRARY = "libvmod_xkey.so"  # of varnish-modules
SECRET = "0123456789abcdef" * 4


def program(name: str) -> str:
    """Where a program is. Skips by its name, or fails in CI, where it is not installed."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        missing(name)
    return str(found)


def missing(name: str) -> None:
    """Skips, or fails in CI: something is not installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"no {name}")
    pytest.skip(f"no {name}: .ci/packages names the packages")


def wait_for(fact: Callable[[], bool], otherwise: Callable[[], str] = str) -> None:
    """Returns when it is so; fails with a text if it never is."""
    end = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < end, otherwise()[-4_000:]
        time.sleep(0.05)


class Program:
    """Something that runs until the test ends it, in a folder of its own."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str] | None = None) -> None:
        self.command, self.folder, self.env = command, folder, env
        self.log = folder / "log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.env, stdout=log, stderr=log, umask=UMASK
            )

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Returns when it is so; ends it and fails with what it printed if it never is."""
        try:
            wait_for(lambda: self._is_so(fact), self.log.read_text)
        except BaseException:
            self.stop()
            raise

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)

    def _is_so(self, fact: Callable[[], bool]) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-4_000:]
        with contextlib.suppress(OSError, http.client.HTTPException):
            return fact()
        return False


class Host(Program):
    """A host of the site: gunicorn and a worker, over a data folder of its own."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        folder.mkdir(exist_ok=True)
        self.port, self.url = free_port(), url
        given = {"NEWSITE_PROXIES": "1", "NEWSITE_SECRET_KEY": SECRET}
        given |= {f"NEWSITE_{name}": value for name, value in settings.items()}
        self.settings = environment(with_files(folder / "data"), url) | given
        serve = ["serve", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        super().__init__([sys.executable, "-m", "newsite.cli", *serve], folder, self.settings)

    @property
    def reader(self) -> Reader:
        """Who asks this host itself."""
        return Reader(self.port, host=self.url.partition("//")[2])

    def start(self) -> None:
        super().start()
        self.wait_for(lambda: self.reader.get("/readyz").status == 200)

    def newsite(self, *words: str, typed: str = "") -> str:
        """What a command prints on this host."""
        done = subprocess.run(
            [sys.executable, "-m", "newsite.cli", *words],
            env=self.settings, input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_editor(self) -> str:
        """The address with which an editor signs in; the password is served.PASSWORD."""
        name = "edith@example.org"
        self.newsite(
            "user", "add", name, "--name", "Edith", "--role", "admin", "--password-stdin", typed=PASSWORD
        )  # fmt: skip
        return name

    def kill(self) -> None:
        """Ends all of the host's processes at once, as a power cut does."""
        family = {self.process.pid}
        while grown := children(family) - family:
            family |= grown
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        wait_for(lambda: not is_answering(self.port))


def children(parents: set[int]) -> set[int]:
    """The processes that were started by these."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = path.read_text().rpartition(")")[2].split()[1]
            if int(parent) in parents:
                found.add(int(path.parent.name))
    return found


def beside(host: Host, change: Callable[[], Any]) -> Any:
    """Makes a change in the database of a running host and commits it, as a command would; what it returned."""

    def run() -> Any:
        app = create_app(config.from_environment(host.settings))
        with app.app_context():
            try:
                done = change()
                db.session.commit()
            finally:
                db.session.remove()
                db.engine.dispose()
        return done

    return Context().run(run)


def schedule(host: Host, title: str, at: datetime) -> str:
    """An article that appears at this time; its path."""

    def store() -> str:
        now = datetime.now(UTC)
        around: dict[str, Any] = {"site": sites.the_site(), "reserved": reserved(), "now": now}
        draft = Draft(title=title, body="Words.", published_at=at)
        article = actions.create(draft, by=None, **around)
        actions.publish(article, by=None, **around)
        return str(article.path)

    path: str = beside(host, store)
    return path


def is_answering(port: int) -> bool:
    """Whether anybody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def rendered(name: str, values: dict[str, str]) -> str:
    """A shipped configuration with an operator's values in the place of the shipped ones, and nothing else changed."""
    text = (DEPLOY / name).read_text()
    for shipped, own in values.items():
        assert shipped in text, shipped
        text = text.replace(shipped, own)
    return text


def start_nginx(folder: Path, port: int, upstream: int, media: Path | None = None) -> Program:
    """nginx with TLS at a port, from deploy/nginx.conf.

    With a folder `media` it serves the pictures in it by itself, as a user who owns nothing, if we are root.
    """
    binary = program("nginx")
    certificate(folder)
    plain = free_port()
    values = {
        "server 127.0.0.1:8000 ": f"server 127.0.0.1:{upstream} ",
        "/var/cache/nginx/newsite": str(folder / "cache"),
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "/etc/letsencrypt/live/news.example.org": str(folder),
        "https://news.example.org": f"https://127.0.0.1:{port}",
        "news.example.org": "127.0.0.1",
        "/var/log/nginx/newsite.log": str(folder / "errors"),
    }
    text = rendered("nginx.conf", values)
    (folder / "newsite.conf").write_text(text if media is None else serving(text, media))
    user = "nobody nogroup" if media else "root"
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; worker_processes 1;"
        f"{f'user {user};' if os.geteuid() == 0 else ''}"
        "events { worker_connections 512; }\n"
        "http {\n" + "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in TEMPORARY)
        + f"include {folder}/newsite.conf;\n}}\n"
    )  # fmt: skip
    nginx = Program([binary, "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")], folder)
    nginx.wait_for(lambda: is_answering(port))
    return nginx


def serving(text: str, media: Path) -> str:
    """nginx's configuration with the signs taken away from what serves pictures from a folder called `media`."""
    before, begin, rest = text.partition('    # location ~ "^/media/')
    within, end, after = rest.partition("    # location @newsite_media")
    assert begin
    assert end
    taken = f"{begin}{within}{end}".replace("    # ", "    ")
    return before + taken.replace("root /srv/newsite;", f"root {media.parent};") + after


TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that nobody but the test believes."""
    subprocess.run(
        [program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def believing(folder: Path) -> ssl.SSLContext:
    """TLS that believes the certificate in a folder."""
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def start_varnish(folder: Path, port: int, hosts: tuple[int, int], *, proxies: str = "") -> Program:
    """Varnish at a port, from deploy/varnish.vcl; `proxies` is the address of who stands in front."""
    binary = program("varnishd")
    if not list(Path("/usr/lib").glob(f"**/varnish/vmods/{VARNISH_LIBRARY}")):
        missing("varnish-modules")
    values = {'.port = "8000"': f'.port = "{hosts[0]}"', '.port = "8001"': f'.port = "{hosts[1]}"'}
    text = rendered("varnish.vcl", values)
    if proxies:
        before, name, rest = text.partition("acl proxies {")
        assert name
        text = before + name + rest.replace('"127.0.0.1"', f'"{proxies}"', 1)
    (folder / "site.vcl").write_text(text)
    command = [binary, "-F", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}", "-f", str(folder / "site.vcl"),
               "-s", "malloc,64m", "-p", "thread_pools=1", "-j", "none"]  # fmt: skip
    varnish = Program(command, folder)
    varnish.wait_for(lambda: is_answering(port))
    # It begins by believing in every host: what is sent in the first seconds may go to one that is not there.
    found = ["healthy" if is_answering(host) else "sick" for host in hosts]
    varnish.wait_for(lambda: opinions(folder) == found)
    return varnish


def opinions(folder: Path) -> list[str]:
    """What Varnish thinks of each host, in the order of its configuration."""
    done = subprocess.run(
        [program("varnishadm"), "-n", folder / "varnish", "backend.list", "-j"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    if done.returncode:
        return []  # its command line is not there yet
    backends = json.loads(done.stdout)[-1]
    return [one["probe_message"][2] for one in backends.values() if one["type"] == "backend"]
