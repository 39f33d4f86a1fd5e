import io
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from newsite.media import s3
from newsite.media.s3 import Bucket, S3Refused
from newsite.media_settings import MediaSettings

KEY = "0a" * 16


def test_names_stand_below_the_prefix_with_their_type(bucket: Bucket):
    bucket.put(f"{KEY}/640.webp", io.BytesIO(b"x"))
    found = boto3.client("s3").get_object(Bucket="our-paper", Key=f"site/media/{KEY}/640.webp")
    assert found["ContentType"] == "image/webp"
    bucket.put(f"{KEY}/odd.xyzzy", io.BytesIO(b"x"))
    found = boto3.client("s3").get_object(Bucket="our-paper", Key=f"site/media/{KEY}/odd.xyzzy")
    assert found["ContentType"] == "application/octet-stream"


def test_a_bucket_without_prefix(bucket: Bucket):
    bare = Bucket(MediaSettings(bucket="our-paper"))
    bare.put(f"{KEY}/full.jpg", io.BytesIO(b"x"))
    assert set(bare.names()) == {"else/where.txt", f"{KEY}/full.jpg"}


def test_a_long_list_is_read_page_by_page(bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    client = bucket._connected()
    whole = client.list_objects_v2

    def short(**given: Any) -> Any:
        return whole(MaxKeys=2, **given)

    monkeypatch.setattr(client, "list_objects_v2", short)
    for width in (320, 640, 960):
        bucket.put(f"{KEY}/{width}.webp", io.BytesIO(b"x"))
    assert len(list(bucket.names())) == 3


def test_a_bucket_that_is_not_there_refuses(bucket: Bucket):
    other = Bucket(MediaSettings(bucket="nobodys"))
    with pytest.raises(S3Refused, match="S3 says NoSuchBucket"):
        other.put(f"{KEY}/full.jpg", io.BytesIO(b"x"))


def test_a_storage_that_is_away_is_an_error_of_the_disk(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
):
    def away(**given: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://s3.example.org")

    monkeypatch.setattr(bucket._connected(), "put_object", away)
    with pytest.raises(S3Refused, match="S3 cannot be reached: EndpointConnectionError"):
        bucket.put(f"{KEY}/full.jpg", io.BytesIO(b"x"))


def test_an_endpoint_is_asked_by_path(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    made = Bucket(MediaSettings(bucket="our-paper", endpoint="http://127.0.0.1:9"))
    client = made._connected()
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
    assert client.meta.config.s3 == {"addressing_style": "path"}
    assert made._connected() is client
    assert s3.CONNECT_SECONDS < s3.READ_SECONDS


def test_what_went_meanwhile_is_none(bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bucket, "size", lambda name: 5)
    assert bucket.open(f"{KEY}/full.jpg") is None
