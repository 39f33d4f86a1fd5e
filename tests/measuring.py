"""Which tests count for the coverage of newsite's lines: to count takes two fifths of all that a test takes.

On SQLite all of them do. What the web half and the rules for replies and accounts run again on PostgreSQL are
the same lines once more, but where they ask which engine they have, or where two act at once: there both count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
THE_SAME_ON_POSTGRES = (
    "accounts/",
    "comments/",
    "mail/",
    "site/",
    "web/",
    "whole/test_floods.py",
    "whole/test_kept_pages.py",
)
NOT_THE_SAME = ("comments/test_actions.py", "comments/test_arriving.py", "web/pagecache/")


class Measuring:
    """Stops counting for a test that does not count, but not for a fixture that outlives it."""

    def __init__(self, controller: Any) -> None:
        self._controller = controller
        self._is_paused = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        with self._paused(not counts(item)):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        with self._paused(not counts(item)):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        if not self._is_paused or fixturedef.scope == "function":
            return (yield)
        self._resume()
        try:
            return (yield)
        finally:
            self._pause()

    @contextmanager
    def _paused(self, is_to_pause: bool) -> Iterator[None]:
        if not is_to_pause:
            yield
            return
        self._pause()
        try:
            yield
        finally:
            self._resume()

    # Each once in turn: who starts coverage twice has to stop it twice.

    def _pause(self) -> None:
        self._controller.pause()
        self._is_paused = True

    def _resume(self) -> None:
        self._is_paused = False
        self._controller.resume()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begins where lines are counted at all: under --cov."""
    covering = session.config.pluginmanager.getplugin("_cov")
    if covering is not None and covering.cov_controller is not None:
        session.config.pluginmanager.register(Measuring(covering.cov_controller))


def counts(item: pytest.Item) -> bool:
    """Whether the lines that a test runs are counted."""
    path = item.path.relative_to(TESTS).as_posix()
    given = getattr(item, "callspec", None)
    if given is None or given.params.get("engine") != "postgresql":
        return True
    return path.startswith(NOT_THE_SAME) or not path.startswith(THE_SAME_ON_POSTGRES)
