"""Both kinds of storage: a folder, and a bucket of an S3 that is made up."""

import io
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from newsite.media.folder import Folder
from newsite.media.s3 import Bucket
from newsite.media.storage import Storage
from newsite.media_settings import MediaSettings

NAME = f"{'0a' * 16}/full.jpg"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket with something of somebody else's in it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="our-paper")
        client.put_object(Bucket="our-paper", Key="else/where.txt", Body=b"not ours")
        yield Bucket(MediaSettings(bucket="our-paper", prefix="site/media"))


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind."""
    if request.param == "folder":
        return Folder(tmp_path / "media")
    found: Bucket = request.getfixturevalue("bucket")
    return found


@pytest.fixture
def name(storage: Storage) -> str:
    """The name of a file that is there."""
    storage.put(NAME, io.BytesIO(b"0123456789"))
    return NAME
