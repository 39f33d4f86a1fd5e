"""A running site, with its own settings and one article, for tests that spoil its day."""

import contextlib
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import migrated
import paper
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ports import free_port
from served import environment
from werkzeug.datastructures import Headers

from newsite import create_app, demo
from newsite.comments.models import Comment
from newsite.config import Settings
from newsite.db import db
from newsite.media import storage
from newsite.site.queries import the_site

NAME = demo.FIRST_NAME
SECRET = "0123456789abcdef" * 4
PATIENCE = 60.0  # seconds; nothing here takes as long
HIT, MADE, STALE = "newsite; hit", "newsite; fwd=miss", "newsite; hit; detail=stale"


@dataclass(frozen=True)
class Answer:
    """What a reader was sent."""

    status: int
    headers: Headers
    text: str

    @property
    def fate(self) -> str:
        """What the page cache says about how it came to the answer."""
        return self.headers.get("Cache-Status", "")

    @property
    def form(self) -> dict[str, str]:
        """What would be sent by the only form on the page, as it stands."""
        (form,) = BeautifulSoup(self.text, "html.parser").select("form")
        named = form.select("input[name], textarea[name]")
        # A browser leaves the first line break of a textarea out.
        return {
            str(field["name"]): str(field.get("value") or field.text.removeprefix("\n"))
            for field in named
        }


class Site:
    """A site of its own: settings, database, one article with a reply form, and a server once it is started."""

    def __init__(self, folder: Path, *, database_url: str = "", redis_url: str = "") -> None:
        self.folder, self.data = folder, folder / "data"
        self.data.mkdir()
        self.database_url = database_url or f"sqlite:///{self.data / 'newsite.db'}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redis_url, self.log = redis_url, folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self.app = create_app(
            Settings(
                data=self.data,
                database_url=self.database_url,
                secret_key=SECRET,
                site_url=self.url,
            )
        )
        self.do(migrated.upgrade)
        self.do(lambda: demo.found(now=paper.NOW, reserved=paper.RESERVED))
        self.do(lambda: setattr(the_site(), "replies_flood_seconds", 0))  # all readers share a line
        self.article, self.path = self.do(lambda: paper.write("Strike"))
        self.picture = f"/media/{'0c' * 16}/full.png"
        self.do(lambda: storage.put(self.picture.removeprefix("/media/"), BytesIO(b"pixels")))

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        given = {"NEWSITE_SECRET_KEY": SECRET, "NEWSITE_DATABASE_URL": self.database_url}
        given |= {"NEWSITE_REDIS_URL": self.redis_url}
        return environment(self.data, self.url) | given

    def start(self, *, workers: int = 1) -> "Site":
        """Starts the server, and returns when it answers."""
        bind = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(workers)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsite.cli", "serve", *bind],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.wait_for(lambda: self.get("/readyz").status == 200)
        return self

    def stop(self) -> None:
        """Ends the server."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def family(self) -> list[int]:
        """The numbers of its processes, the supervisor's first."""
        assert self.process is not None
        found = [self.process.pid]
        for pid in found:  # it grows under way
            known = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            found.extend(int(child) for child in known.split())
        return found

    def do(self, change: Callable[[], Any]) -> Any:
        """Makes a change from another process, as far as the server can tell, and commits it."""
        with self.app.app_context():
            try:
                done = change()
                db.session.commit()
                return done
            finally:
                db.session.remove()
                db.engine.dispose()

    def replies(self) -> list[str]:
        """What readers have written, as the database has it."""
        return sorted(self.do(lambda: list(db.session.scalars(sa.select(Comment.body)))))

    def get(self, path: str) -> Answer:
        """What a reader is sent, within twenty seconds."""
        return self._ask("GET", path, None)

    def reply(self, words: str, form: dict[str, str] | None = None) -> Answer:
        """What happens to a reply; `form` is the form that it is sent with, of the article's page unless given."""
        given = form or self.get(self.path).form
        said = {"author": "Ann", "email": "ann@example.org", "comment": words}
        return self._ask("POST", f"/articles/{self.article}/replies", given | said)

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Asks until it is so."""
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if fact():
                    return
            if time.monotonic() > until or (self.process and self.process.poll() is not None):
                pytest.fail(f"it never came:\n{self.log.read_text()[-4_000:]}")
            time.sleep(0.1)

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Sec-Fetch-Site": "same-origin"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(connection):
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, Headers(answer.getheaders()), text)


@contextmanager
def site(folder: Path, *, workers: int = 1, **settings: str) -> Iterator[Site]:
    """A site that runs, until the end."""
    made = Site(folder, **settings)
    try:
        yield made.start(workers=workers)
    finally:
        made.stop()


def heading(answer: Answer) -> str:
    """The heading of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return found[1].strip() if found else ""
