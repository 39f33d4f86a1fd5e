"""A site that runs as an operator runs it, for tests that look from outside."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

START_SECONDS = 60
PASSWORD = "a long enough password"


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
    """Signs the admin in through the form."""
    page.goto(f"{site.url}/desk/login")
    page.get_by_label(re.compile("^Email")).fill(site.email)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/desk/")
