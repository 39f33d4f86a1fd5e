"""A real server and a real browser: newsite serves a folder of its own, and Chromium looks at it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from ports import free_port
from served import PASSWORD, START_SECONDS, Served, environment, run, wait, with_files

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--lang=en-US",  # in which date fields are typed
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Starts sites as an operator does, and ends them with the tests."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> Served:
        data = with_files(tmp_path_factory.mktemp("site"))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with (data / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "newsite.cli",
                    "serve",
                    "--bind",
                    f"127.0.0.1:{port}",
                    *arguments,
                ],
                env=environment(data, url),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        running.append(process)
        wait(url, process, data / "log")
        email = "ada@example.org"
        run(
            data,
            url,
            "user",
            "add",
            email,
            "--name",
            "Ada",
            "--role",
            "admin",
            "--password-stdin",
            typed=PASSWORD,
        )
        return Served(url, data, email)

    yield start
    for process in running:
        process.terminate()
    for process in running:
        process.wait(START_SECONDS)


@pytest.fixture(scope="session")
def demo(serve: Callable[..., Served]) -> Served:
    """The demo, to look at; tests leave it as they found it."""
    return serve("--demo")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system. Skips, or fails in CI, where there is none."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium")
        pytest.skip("no chromium: install the system's package")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a fresh profile: no cookie, any size, any colour scheme."""
    opened: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(locale="en-GB", timezone_id="Europe/London", **options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page of a reader who has never been here."""
    return open_context().new_page()
