"""What an operator says about pictures and files: in which folder they lie, or in which bucket of S3."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

URL, ENDPOINT = "NEWSITE_MEDIA_URL", "NEWSITE_S3_ENDPOINT"
NAMES = {URL, ENDPOINT}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # as S3 takes them
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?")
BAD_URL = (
    f"{URL} is neither a folder nor a bucket. Write file:///srv/newsite/media, or s3://bucket/prefix, "
    "or leave it out for the folder “media” in NEWSITE_DATA."
)
BAD_ENDPOINT = f"{ENDPOINT} is not an address. Write such as https://s3.example.org, or leave it out for Amazon's."
NO_CLIENT = f"{URL} needs S3's client. Install it with newsite: pip install 'newsite[s3]'"


@dataclass(frozen=True)
class MediaSettings:
    """Where pictures and files are kept: a folder, or else a bucket."""

    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""  # before every name in the bucket, without slashes around it
    endpoint: str = ""  # of a storage that speaks S3; empty: Amazon's

    @property
    def where(self) -> str:
        """The place in words."""
        return str(self.folder) if self.folder else f"s3://{self.bucket}/{self.prefix}".rstrip("/")


def from_environment(environ: Mapping[str, str], problems: list[str]) -> MediaSettings | None:
    """The settings in `environ`; None: the data folder. What is wrong is added to the problems."""
    given, endpoint = environ.get(URL, "").strip(), environ.get(ENDPOINT, "").strip().rstrip("/")
    parts = _parts(given)
    if endpoint and parts.scheme != "s3":
        problems.append(f"{ENDPOINT} is set, but {URL} names no bucket. Name it, or remove this.")
    if not given:
        return None
    if parts.scheme == "s3":
        return _bucket(parts, endpoint, problems)
    path = Path(unquote(parts.path))
    is_folder = parts.scheme == "file" and parts.netloc in ("", "localhost")
    if not is_folder or "\0" in str(path) or not path.is_absolute() or parts.query:
        problems.append(BAD_URL)
        return None
    _make_folder(path, problems)
    return MediaSettings(folder=path)


def _parts(given: str) -> SplitResult:
    try:
        return urlsplit(given)
    except ValueError:  # a bracket without its end
        return SplitResult("", "", "", "", "")


def _bucket(parts: SplitResult, endpoint: str, problems: list[str]) -> MediaSettings:
    prefix = parts.path.strip("/")
    is_bucket = _BUCKET.fullmatch(parts.netloc) and _PREFIX.fullmatch(prefix)
    if not is_bucket or parts.query or parts.fragment:
        problems.append(BAD_URL)
    where = _parts(endpoint)
    is_address = where.scheme in ("http", "https") and where.hostname and not where.path
    if endpoint and (not is_address or where.query or "@" in where.netloc):
        problems.append(BAD_ENDPOINT)
    if find_spec("boto3") is None:
        problems.append(NO_CLIENT)
    return MediaSettings(bucket=parts.netloc, prefix=prefix, endpoint=endpoint)


def make_folder(path: Path) -> None:
    """Makes a folder, and those above it, into which a web server may look that is another user. Raises OSError."""
    if path.is_dir():
        return  # and its rights are the operator's
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(0o755)  # by itself: what a process may leave to others (umask) is taken from `mode`


def _make_folder(path: Path, problems: list[str]) -> None:
    try:
        make_folder(path)
    except OSError as error:
        problems.append(
            f"{URL}: the folder {path} cannot be made ({error.strerror}). "
            "Name a folder that newsite may write to."
        )
