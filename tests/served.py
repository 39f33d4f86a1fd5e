"""A site that runs as an operator runs it, for tests that look from outside."""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from newsite import config
from newsite.web import assets

START_SECONDS = 60
PASSWORD = "a long enough password"
KEPT_SECONDS = 600.0
_signed_in: dict[str, tuple[float, list[Any]]] = {}  # of each site: since when, and its cookies


@dataclass(frozen=True)
class Served:
    """A running site."""

    url: str
    data: Path
    email: str

    def newsite(self, *arguments: str, typed: str = "") -> str:
        """What the command line prints when it is used beside the running site."""
        return run(self.data, self.url, *arguments, typed=typed)


def run(data: Path, url: str, *arguments: str, typed: str = "") -> str:
    """Runs one `newsite` command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "newsite.cli", *arguments],
        env=environment(data, url),
        input=typed,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(data: Path, url: str) -> dict[str, str]:
    """The environment of this process, with the settings of a site of its own."""
    # Of a hundred processes each would compile the program anew where nothing compiled may be written.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NEWSITE_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return kept | {"NEWSITE_DATA": str(data), "NEWSITE_SITE_URL": url}


def with_files(data: Path) -> Path:
    """The data folder, with the files of static/ in it as another start has made them: it takes half a second."""
    shutil.copytree(_files(), data / "static")
    return data


@cache
def _files() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    assets.build(config.folder("static"), folder)
    return folder


def wait(url: str, process: subprocess.Popen[str], log: Path) -> None:
    """Returns when the site is ready; fails with its log if it ends or never is."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the site did not start:\n{log.read_text()[-3000:]}")


def sign_in(page: Page, site: Served) -> None:
    """Signs the admin in: through the form, and for a while then with the cookie that it gave.

    A site takes ten tries in a quarter of an hour from one address, and asks again who is there
    after as long.
    """
    given, cookies = _signed_in.get(site.url, (-KEPT_SECONDS, []))
    if time.monotonic() - given < KEPT_SECONDS:
        page.context.add_cookies(cookies)
        page.goto(f"{site.url}/desk/")
        if page.url == f"{site.url}/desk/":  # else somebody signed out
            return
    page.goto(f"{site.url}/desk/login")
    page.get_by_label(re.compile("^Email")).fill(site.email)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.url}/desk/")
    _signed_in[site.url] = time.monotonic(), page.context.cookies()
