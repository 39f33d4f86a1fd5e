"""The settings an operator gives in the environment, typed, with units, checked before anything starts."""

import contextlib
import difflib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsite import addresses, mail_settings, media_settings
from newsite.mail_settings import MailSettings
from newsite.media_settings import MediaSettings

NAMES = {
    "NEWSITE_DATA",
    "NEWSITE_DATABASE_URL",
    "NEWSITE_SECRET_KEY",
    "NEWSITE_SECRET_KEY_FILE",
    "NEWSITE_SITE_URL",
    "NEWSITE_PROXIES",
    "NEWSITE_PURGE_URLS",
    "NEWSITE_LIMITS",
    "NEWSITE_REDIS_URL",
    "NEWSITE_DEMO",
    *mail_settings.NAMES,
    *media_settings.NAMES,
}
TEST_NAMES = {"NEWSITE_FIXTURES", "NEWSITE_TEST_POSTGRES"}  # read by the tests, and by nothing else
DEMO_URL = "http://127.0.0.1:8000"
MIN_SECRET_CHARS = 32  # 128 bits and more, however it is written down
MAX_PROXIES = 8  # more hops than any real chain has; a typing error otherwise
MAX_CACHES = 16  # each has a thread of the worker
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
SQLITE = "sqlite"
POSTGRESQL = "postgresql+psycopg"


class SettingsError(Exception):
    """Settings that newsite cannot start with: one sentence a problem, each with its variable and the mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What an operator decided. Made by `from_environment`; tests make their own."""

    data: Path  # folder of the database, the pictures and the secret
    database_url: str = field(repr=False)  # a SQLAlchemy address; may hold a password
    secret_key: str = field(repr=False)
    site_url: str  # scheme and host, no slash at the end
    proxies: int = 0  # hops in front whose X-Forwarded headers may be believed
    purge_urls: tuple[str, ...] = ()  # of HTTP caches that are told by key what has changed
    limits: bool = True  # off for load tests only
    redis_url: str = field(default="", repr=False)  # "": limits are counted in the database
    demo: bool = False
    mail: MailSettings | None = None  # None: nothing is mailed
    media: MediaSettings | None = None  # None: in the data folder

    @property
    def hosts(self) -> frozenset[str]:
        """The values of `Host` that the site answers to; on a loopback address, by any of its names."""
        address = urlsplit(self.site_url)
        host, _, port = address.netloc.rpartition(":") if address.port else (address.netloc, "", "")
        names = LOOPBACK if host in LOOPBACK else {host}
        return frozenset(f"{name}:{port}" if port else name for name in names)

    @property
    def is_secure(self) -> bool:
        """Whether readers reach the site over TLS."""
        return self.site_url.startswith("https://")


def from_environment(environ: Mapping[str, str], *, demo: bool = False) -> Settings:
    """The settings in `environ`. `demo` fills in an address for trying the site out.

    Makes the data folder and, once, the secret in it.
    Raises SettingsError naming every variable that is wrong and how to mend it.
    """
    problems = _unknown_names(environ)
    demo = demo or _switch(environ, "NEWSITE_DEMO", "off", problems)
    data = Path(environ.get("NEWSITE_DATA") or "instance").absolute()
    _make_folder(data, problems)
    settings = Settings(
        data=data,
        database_url=_database_url(environ, data, problems),
        secret_key=_secret_key(environ, data, problems),
        site_url=_site_url(environ, demo, problems),
        proxies=_proxies(environ, problems),
        purge_urls=_purge_urls(environ, problems),
        limits=_switch(environ, "NEWSITE_LIMITS", "on", problems),
        redis_url=_redis_url(environ, problems),
        demo=demo,
        mail=mail_settings.from_environment(environ, problems),
        media=media_settings.from_environment(environ, problems),
    )
    if problems:
        raise SettingsError(problems)
    return settings


def folder(name: str) -> Path:
    """Where `templates` or `static` is: inside the package when installed, beside it in a checkout.

    Raises FileNotFoundError if it is in neither.
    """
    package = Path(__file__).parent
    for parent in (package, package.parent):
        if (parent / name).is_dir():
            return parent / name
    raise FileNotFoundError(
        f"newsite is not whole: its {name} folder is missing. Install it again."
    )


def _unknown_names(environ: Mapping[str, str]) -> list[str]:
    problems = []
    for name in sorted(environ):
        if name.startswith("NEWSITE_") and name not in NAMES | TEST_NAMES:
            near = difflib.get_close_matches(name, sorted(NAMES), n=1)
            meant = f" Did you mean {near[0]}?" if near else " Remove it."
            problems.append(f"{name} is not a setting of newsite.{meant}")
    return problems


def _make_folder(data: Path, problems: list[str]) -> None:
    try:
        data.mkdir(mode=0o750, parents=True, exist_ok=True)  # readers' addresses will be in it
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.append(
            f"NEWSITE_DATA: the folder {data} cannot be made ({reason}). "
            "Name a folder that newsite may write to."
        )
        return
    if not os.access(data, os.W_OK):
        problems.append(
            f"NEWSITE_DATA: newsite may not write to {data}. Give the folder to the user who runs it."
        )


def _database_url(environ: Mapping[str, str], data: Path, problems: list[str]) -> str:
    given = environ.get("NEWSITE_DATABASE_URL", "").strip()
    if not given:
        return f"{SQLITE}:///{data / 'newsite.db'}"
    problem = _database_problem(given)
    if problem:
        problems.append(f"NEWSITE_DATABASE_URL {problem}")
    return given


def _database_problem(given: str) -> str | None:
    """What is wrong with a database's address, after its variable's name."""
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):  # ValueError: the port is no number
        return (
            "is not a database address. Write postgresql+psycopg://user:password@host/name, "
            "or leave it out for SQLite."
        )
    if url.drivername not in (SQLITE, POSTGRESQL):
        return (
            f"begins with “{url.drivername}:”; newsite works with "
            f"“{POSTGRESQL}://…” or “{SQLITE}:///…”."
        )
    if url.drivername == POSTGRESQL and find_spec("psycopg") is None:
        return "needs PostgreSQL's driver. Install it with newsite: pip install 'newsite[postgres]'"
    # Every process would have a memory of its own, and lose it.
    if url.drivername == SQLITE and (url.database in (None, "", ":memory:") or url.query):
        return f"names no file. Write {SQLITE}:////srv/newsite/newsite.db, or leave it out."
    return None


def _redis_url(environ: Mapping[str, str], problems: list[str]) -> str:
    given = environ.get("NEWSITE_REDIS_URL", "").strip()
    if given and not addresses.is_redis(given):
        problems.append(
            "NEWSITE_REDIS_URL is not an address of Redis. Write redis://host:6379/0, "
            "rediss://… over TLS, or unix:///folder/redis.sock?db=0"
        )
    elif given and find_spec("redis") is None:
        problems.append(
            "NEWSITE_REDIS_URL needs Redis's client. Install it with newsite: "
            "pip install 'newsite[redis]'"
        )
    return given


def _secret_key(environ: Mapping[str, str], data: Path, problems: list[str]) -> str:
    given, file = environ.get("NEWSITE_SECRET_KEY"), environ.get("NEWSITE_SECRET_KEY_FILE")
    if given is not None and file is not None:
        problems.append(
            "NEWSITE_SECRET_KEY and NEWSITE_SECRET_KEY_FILE are both set. Keep one of them."
        )
        return given
    if given is not None:
        return _long_enough(given, "NEWSITE_SECRET_KEY", problems)
    try:
        if file is not None:
            return _long_enough(Path(file).read_text().strip(), "NEWSITE_SECRET_KEY_FILE", problems)
        if data.is_dir():
            path = data / "secret_key"
            return _long_enough(_own_secret(path), f"NEWSITE_DATA: {path}", problems)
    except (OSError, UnicodeDecodeError) as error:
        problems.append(
            f"{'NEWSITE_SECRET_KEY_FILE' if file else 'NEWSITE_DATA'}: the secret in "
            f"{file or data / 'secret_key'} cannot be read ({error}). Mend the file or its rights."
        )
    return ""


def _long_enough(secret: str, name: str, problems: list[str]) -> str:
    if len(secret) < MIN_SECRET_CHARS:
        problems.append(
            f"{name} holds {len(secret)} characters; a secret needs {MIN_SECRET_CHARS} or more. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return secret


def _own_secret(path: Path) -> str:
    """The secret in the data folder, made at the first start; two processes that start at once share one."""
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave an empty secret
        with contextlib.suppress(FileExistsError):  # the other process was first: take its secret
            os.link(name, path)
        Path(name).unlink()
    return path.read_text().strip()


def _site_url(environ: Mapping[str, str], demo: bool, problems: list[str]) -> str:
    given = environ.get("NEWSITE_SITE_URL", DEMO_URL if demo else "").strip().rstrip("/")
    if not given:
        problems.append(
            "NEWSITE_SITE_URL is missing. Write the address that readers use, such as https://example.org"
        )
        return given
    try:
        parts = urlsplit(given)
        right = (
            parts.scheme in addresses.USUAL_PORTS
            and addresses.HOST.fullmatch(parts.netloc) is not None
        )
        # Browsers leave the usual port out of Host.
        right = right and parts.port not in (0, addresses.USUAL_PORTS[parts.scheme])
        right = right and given == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        right = False
    if not right or given != given.lower() or not given.isascii():
        problems.append(
            f"NEWSITE_SITE_URL is “{given}”; write scheme and host only, in small letters "
            "(xn--… where a name has others), such as https://example.org"
        )
    return given


def _proxies(environ: Mapping[str, str], problems: list[str]) -> int:
    given = environ.get("NEWSITE_PROXIES", "0").strip()
    if given.isascii() and given.isdigit() and len(given) == 1 and int(given) <= MAX_PROXIES:
        return int(given)
    problems.append(
        f"NEWSITE_PROXIES is “{given}”; write how many proxies stand in front, from 0 to {MAX_PROXIES}."
    )
    return 0


def _purge_urls(environ: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(environ.get("NEWSITE_PURGE_URLS", "").replace(",", " ").split()))
    wrong = [address for address in found if not addresses.is_cache(address)]
    problems.extend(
        f"NEWSITE_PURGE_URLS: “{address}” is no address of an HTTP cache; write such as "
        "http://127.0.0.1:6081/, with a space between two."
        for address in wrong
    )
    if len(found) > MAX_CACHES:
        problems.append(
            f"NEWSITE_PURGE_URLS names {len(found)} caches; {MAX_CACHES} is as many as can be told."
        )
    return found


def _switch(environ: Mapping[str, str], name: str, default: str, problems: list[str]) -> bool:
    given = environ.get(name, default).strip().lower()
    if given not in ("on", "off"):
        problems.append(f"{name} is “{given}”; write on or off.")
    return given == "on"
