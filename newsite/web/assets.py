"""The files of static/: made small once, named after their content, and served for a browser to keep forever."""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import brotli
import rcssmin
from flask import Flask, abort, current_app
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from whitenoise import WhiteNoise

from newsite import config
from newsite.config import Settings

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"
HASH_CHARS = 12  # 48 bits: two contents of one file never meet
PACKED = {".png", ".jpg", ".webp", ".ico", ".woff2"}  # compressed by their nature
KEY = "newsite.assets"


class StaticFiles(WhiteNoise):
    """WSGI layer: answers for the files in `folder`, each of which never changes; passes on the rest."""

    def __init__(self, app: "WSGIApplication", folder: Path) -> None:
        super().__init__(
            app,
            root=str(folder),
            prefix=PREFIX,
            allow_all_origins=False,
            immutable_file_test=_is_immutable,
            add_headers_function=_add_headers,
        )
        self.inner = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The file, or what the app answers."""
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self.inner(environ, start_response)
        # WhiteNoise takes `br;q=0` for a wish, and refuses the range of a single byte.
        environ["HTTP_ACCEPT_ENCODING"] = _wanted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        environ.pop("HTTP_RANGE", None)
        answer: Iterable[bytes] = super().__call__(environ, start_response)
        return answer


def init_app(app: Flask, settings: Settings) -> None:
    """Makes the files, serves them before the app is asked, and gives templates `asset(name)`."""
    folder = settings.data / "static"
    app.extensions[KEY] = build(config.folder("static"), folder)
    app.jinja_env.globals["asset"] = asset
    app.add_url_rule(f"{PREFIX}<path:name>", "static", _missing)  # reserves the address
    app.wsgi_app = StaticFiles(app.wsgi_app, folder)  # type: ignore[method-assign]  # as Flask says


def asset(name: str) -> str:
    """The address of a file of static/. Raises KeyError if there is none of that name."""
    addresses: dict[str, str] = current_app.extensions[KEY]
    return addresses[name]


def build(source: Path, folder: Path) -> dict[str, str]:
    """Writes the files of `source` to `folder`, with compressed copies, and returns their addresses by name.

    A file that is there already is left alone, so only a new version costs time; files of older
    versions stay, for pages that somebody still keeps. Several processes may do this at once.
    """
    addresses: dict[str, str] = {}
    for path in sorted(each for each in source.rglob("*") if each.is_file()):
        name = path.relative_to(source)
        content = _small(path, is_ours=len(name.parts) == 1)
        digest = hashlib.sha256(content).hexdigest()[:HASH_CHARS]
        hashed = name.with_name(f"{name.stem}.{digest}{name.suffix}")
        _write(folder / hashed, content)
        addresses[name.as_posix()] = PREFIX + hashed.as_posix()
    return addresses


def _small(path: Path, *, is_ours: bool) -> bytes:
    """The file; of our own scripts, no line that is a comment, and no indents. Other people's stay as they are."""
    content = path.read_bytes()
    if path.suffix == ".js" and is_ours:
        lines = (line.strip() for line in content.decode().splitlines())
        return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    if path.suffix != ".css":
        return content
    smaller: str = rcssmin.cssmin(content.decode())
    return smaller.encode()


def _write(path: Path, content: bytes) -> None:
    """The file last: whoever finds it finds its copies too."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix not in PACKED:
        for suffix, copy in packed(content).items():
            _replace(path.with_name(path.name + suffix), copy)
    _replace(path, content)


def packed(content: bytes) -> dict[str, bytes]:
    """The content as small as it gets, by what is added to the name of the file: half a second for the editor's."""
    return {
        ".br": brotli.compress(content, quality=11),
        ".gz": gzip.compress(content, 9, mtime=0),
    }


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(0o644)  # nginx may serve the folder, as another user
    Path(temporary).replace(path)


def _is_immutable(path: str, url: str) -> bool:
    return True


def _add_headers(headers: "Headers", path: str, url: str) -> None:
    # From the name, not from the time of the file: the same on every host.
    headers["ETag"] = f'"{Path(path).name}"'
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _wanted(accepted: str) -> str:
    codings: Accept = parse_accept_header(accepted, Accept)
    return ", ".join(coding for coding, quality in codings if quality > 0)


def _missing(name: str) -> NoReturn:
    abort(404)
