"""Where an app's mail goes: its settings and its line, and the site's own address that links begin with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine

from newsite import limits
from newsite.config import Settings
from newsite.db import db
from newsite.mail import bounces
from newsite.mail.line import Line
from newsite.mail.message import Letter, message
from newsite.mail_settings import MailSettings

if TYPE_CHECKING:
    from flask import Flask

FIRST_PAUSE = timedelta(seconds=30)  # after the server was away; doubled with every further time
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass
class Office:
    """A mail server in use."""

    settings: MailSettings
    line: Line
    failures: int = 0  # times in a row that the server was away

    def pause(self) -> timedelta:
        """How long to leave a server in peace that was away again."""
        self.failures += 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(self.failures - 1, 10)))

    def send(self, letter: Letter, key: str, now: datetime) -> None:
        """Hands a letter to the server; `key` is its job's. Raises what `Line.send` and `message` raise."""
        identity = bounces.identity(limits.hidden(f"message-id:{key}")[:32], letter.to)
        self.line.send(message(letter, self.settings.sender, identity=identity, now=now))
        self.failures = 0


_offices: WeakKeyDictionary[Engine, Office | None] = WeakKeyDictionary()
_site_urls: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()


def init_app(app: "Flask", settings: Settings) -> None:
    """Tells the app's mail which server to use; nothing is opened before there is something to send."""
    with app.app_context():
        use(settings.mail)
        _site_urls[db.engine] = settings.site_url


def use(settings: MailSettings | None) -> None:
    """Sends the mail of the current app by this server from here on; None: nothing is mailed."""
    hang_up()
    _offices[db.engine] = Office(settings, Line(settings)) if settings else None


def is_set_up() -> bool:
    """Whether there is a server to send mail by."""
    return _offices[db.engine] is not None


def current() -> Office:
    """The mail server in use. There must be one."""
    office = _offices[db.engine]
    assert office is not None
    return office


def absolute(path: str) -> str:
    """A path of this site as a whole address, for people who are not on a page of it."""
    return _site_urls[db.engine] + path


def check() -> str:
    """How the server is, in words. Raises ServerAway."""
    has = current().settings
    how = current().line.check()
    return f"{has.host}:{has.port} takes mail ({how}), from {has.sender.addr_spec}"


def send_at_once(letter: Letter, now: datetime) -> None:
    """Sends a letter while somebody waits, past the outbox. Raises what `Line.send` and `message` raise."""
    try:
        current().send(letter, f"at-once:{now.isoformat()}:{letter.to}", now)
    finally:
        hang_up()


def hang_up() -> None:
    """Closes the line to the server, if there is one that is open."""
    office = _offices.get(db.engine)
    if office is not None:
        office.line.hang_up()
