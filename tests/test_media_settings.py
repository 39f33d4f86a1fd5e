from pathlib import Path

import pytest

from newsite import media_settings
from newsite.media_settings import MediaSettings, from_environment


def settings(**given: str) -> MediaSettings | None:
    problems: list[str] = []
    made = from_environment({f"NEWSITE_{name}": value for name, value in given.items()}, problems)
    assert problems == []
    return made


def problems(**given: str) -> list[str]:
    found: list[str] = []
    from_environment({f"NEWSITE_{name}": value for name, value in given.items()}, found)
    return found


def test_pictures_lie_in_the_data_folder_unless_somebody_says_otherwise():
    assert settings() is None
    assert settings(MEDIA_URL=" ") is None


@pytest.mark.parametrize("begin", ["file:", "file://", "file://localhost"])
def test_a_folder_is_made(begin: str, tmp_path: Path):
    folder = tmp_path / "new" / "pictures here"
    assert settings(MEDIA_URL=begin + str(folder).replace(" ", "%20")) == MediaSettings(folder)
    assert folder.is_dir()


def test_a_bucket_with_and_without_an_endpoint():
    assert settings(MEDIA_URL="s3://our-paper") == MediaSettings(bucket="our-paper")
    assert settings(
        MEDIA_URL="s3://our-paper/site/media/", S3_ENDPOINT="https://s3.example.org:9000/"
    ) == MediaSettings(
        bucket="our-paper", prefix="site/media", endpoint="https://s3.example.org:9000"
    )


@pytest.mark.parametrize(
    "url",
    [
        "/srv/media",
        "media",
        "file:media",
        "file://other.example.org/srv",
        "file:///srv/%00",
        "file:///srv?x",
        "https://example.org/",
        "s3://",
        "s3://A",
        "s3://bucket/../x",
        "s3://bucket/a//b",
        "s3://bucket?x=1",
        "s3://[",
    ],
)
def test_what_is_no_place_for_pictures_is_refused_by_name(url: str):
    (problem,) = problems(MEDIA_URL=url)
    assert problem == media_settings.BAD_URL


@pytest.mark.parametrize(
    "endpoint",
    [
        "s3.example.org",
        "ftp://x",
        "https://x/path",
        "https://x?y",
        "https://user:word@x",
        "https://",
    ],
)
def test_an_endpoint_that_is_no_address_is_refused_by_name(endpoint: str):
    assert problems(MEDIA_URL="s3://bucket", S3_ENDPOINT=endpoint) == [media_settings.BAD_ENDPOINT]


def test_an_endpoint_without_a_bucket_is_a_slip():
    (problem,) = problems(S3_ENDPOINT="https://s3.example.org")
    assert problem.startswith("NEWSITE_S3_ENDPOINT is set, but NEWSITE_MEDIA_URL names no bucket.")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    (problem,) = problems(MEDIA_URL=f"file://{tmp_path}/file/media")
    assert "cannot be made" in problem


def test_a_bucket_needs_its_client(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(media_settings, "find_spec", lambda name: None)
    assert problems(MEDIA_URL="s3://bucket") == [media_settings.NO_CLIENT]


def test_a_place_has_words(tmp_path: Path):
    assert MediaSettings(folder=tmp_path).where == str(tmp_path)
    assert MediaSettings(bucket="our-paper", prefix="site").where == "s3://our-paper/site"
    assert MediaSettings(bucket="our-paper").where == "s3://our-paper"
