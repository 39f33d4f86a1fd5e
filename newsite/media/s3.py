"""Pictures and files in a bucket of S3, or of whatever speaks its language. Readers never see its address."""

import mimetypes
import threading
from collections.abc import Iterator
from typing import IO, Any

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from newsite.media.stored import Stored
from newsite.media_settings import MediaSettings

PIECE = 64 * 1024  # bytes
CONNECT_SECONDS, READ_SECONDS = 3, 20
MISSING = {"404", "NoSuchKey", "NotFound"}
MOST_AT_ONCE = 1_000  # names that one request deletes


class S3Refused(OSError):
    """The bucket said no, or nothing. Its message is what the storage said, and names no secret."""


class Bucket:
    """A bucket; the client's key and secret are where Amazon's own tools look for them."""

    def __init__(self, settings: MediaSettings) -> None:
        self.bucket = settings.bucket
        self.before = f"{settings.prefix}/" if settings.prefix else ""
        self._endpoint = settings.endpoint or None
        self._client: Any = None
        self._lock = threading.Lock()

    def __str__(self) -> str:
        """Where it is."""
        return f"s3://{self.bucket}/{self.before}".rstrip("/")

    def put(self, name: str, content: IO[bytes]) -> None:
        """Keeps the content under a new name; S3 shows an object when it is whole. Raises S3Refused."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._ask("put_object", Key=self.before + name, Body=content, ContentType=kind)

    def open(self, name: str, start: int = 0, end: int | None = None) -> Stored | None:
        """What is under a name, or a part of it."""
        size = self.size(name)
        if size is None:
            return None
        end = size if end is None else min(end, size)
        span = f"bytes={start}-{end - 1}"
        if start >= end:
            return Stored(size, start, end, iter(()))
        found = self._ask("get_object", Key=self.before + name, Range=span)
        return None if found is None else Stored(size, start, end, _pieces(found["Body"]))

    def size(self, name: str) -> int | None:
        """How many bytes are under a name."""
        found = self._ask("head_object", Key=self.before + name)
        return None if found is None else int(found["ContentLength"])

    def clear(self, key: str) -> None:
        """Deletes all that is under a key."""
        names = [{"Key": name} for name in self._listed(f"{self.before}{key}/")]
        if names:
            self._ask("delete_objects", Delete={"Objects": names[:MOST_AT_ONCE], "Quiet": True})

    def names(self) -> Iterator[str]:
        """All names."""
        for name in self._listed(self.before):
            yield name.removeprefix(self.before)

    def _listed(self, prefix: str) -> Iterator[str]:
        more: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", Prefix=prefix, **more) or {}
            yield from (one["Key"] for one in page.get("Contents", []))
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _ask(self, question: str, **given: Any) -> Any:
        """The answer; None where nothing is under that name."""
        try:
            return getattr(self._connected(), question)(Bucket=self.bucket, **given)
        except ClientError as error:
            said = error.response.get("Error", {})
            if said.get("Code") in MISSING:
                return None
            raise S3Refused(f"S3 says {said.get('Code')}") from error
        except BotoCoreError as error:
            raise S3Refused(f"S3 cannot be reached: {type(error).__name__}") from error

    def _connected(self) -> Any:
        """The client, made when it is first asked for: no process may inherit another's lines."""
        with self._lock:
            if self._client is None:
                how = Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"total_max_attempts": 2},
                    s3={"addressing_style": "path"} if self._endpoint else None,
                )
                self._client = boto3.Session().client("s3", endpoint_url=self._endpoint, config=how)
            return self._client


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(PIECE)
    finally:
        body.close()
