"""What a device is called."""

import pytest

from newsite.accounts.devices import describe

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        # Edge also says that it is Chrome and Safari.
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140 Safari/537.36 Edg/140",
            "Edge on Windows",
        ),
        # An iPhone says that it is like a Mac, Android that it is Linux.
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) {WEBKIT} Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 16) {WEBKIT} Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
        ("Mozilla/5.0 (Macintosh)", "Unknown browser on Mac"),
    ],
)
def test_a_device_is_called_by_its_browser_and_its_system(agent: str, name: str) -> None:
    assert describe(agent) == name
