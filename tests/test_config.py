import os
import stat
import threading
from pathlib import Path

import pytest

from newsite import config
from newsite.config import Settings, SettingsError, from_environment

SECRET = "s" * 32
URL = "https://example.org"


def settings(folder: Path, **given: str) -> Settings:
    values = {"NEWSITE_DATA": str(folder), "NEWSITE_SITE_URL": URL}
    values |= {f"NEWSITE_{name}": value for name, value in given.items()}
    return from_environment(values)


def problems(folder: Path, **given: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings(folder, **given)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_an_address_is_all_that_an_operator_must_say(tmp_path):
    made = settings(tmp_path)
    assert made.site_url == URL
    assert made.is_secure
    assert made.data == tmp_path
    assert made.database_url == f"sqlite:///{tmp_path / 'newsite.db'}"
    assert made.proxies == 0
    assert made.limits
    assert not made.demo


def test_the_demo_needs_not_even_an_address(tmp_path):
    made = from_environment({"NEWSITE_DATA": str(tmp_path)}, demo=True)
    assert made.site_url == config.DEMO_URL
    assert made.demo
    assert not made.is_secure
    assert from_environment({"NEWSITE_DATA": str(tmp_path), "NEWSITE_DEMO": "on"}) == made


def test_data_lies_in_instance_unless_said_otherwise(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_environment({"NEWSITE_SITE_URL": URL}).data == tmp_path / "instance"


def test_the_data_folder_is_made_and_nobody_else_may_look_into_it(tmp_path):
    made = settings(tmp_path / "new" / "data")
    assert stat.S_IMODE(made.data.stat().st_mode) & 0o007 == 0


def test_a_secret_is_made_once_and_kept_for_its_owner(tmp_path):
    first, again = settings(tmp_path), settings(tmp_path)
    assert len(first.secret_key) == 64
    assert first == again
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_share_one_secret(tmp_path):
    secrets, gate = [], threading.Barrier(8)

    def start() -> None:
        gate.wait()
        secrets.append(settings(tmp_path).secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(secrets) == 8
    assert len(set(secrets)) == 1


def test_the_slower_of_two_processes_takes_the_others_secret(tmp_path, monkeypatch):
    path, link = tmp_path / "secret_key", os.link

    def lose(source: str, target: Path) -> None:
        path.write_text(SECRET)
        link(source, target)

    monkeypatch.setattr(os, "link", lose)
    assert settings(tmp_path).secret_key == SECRET


def test_a_secret_may_be_given_or_lie_in_a_file(tmp_path):
    (tmp_path / "mine").write_text(SECRET + "\n")
    assert settings(tmp_path, SECRET_KEY=SECRET).secret_key == SECRET
    assert settings(tmp_path, SECRET_KEY_FILE=str(tmp_path / "mine")).secret_key == SECRET


def test_secrets_are_not_printed_with_the_settings(tmp_path):
    url = "postgresql+psycopg://newsite:opensesame@db/newsite"
    shown = repr(settings(tmp_path, SECRET_KEY=SECRET, DATABASE_URL=url))
    assert SECRET not in shown
    assert "opensesame" not in shown


@pytest.mark.parametrize(
    ("site_url", "hosts"),
    [
        (URL, {"example.org"}),
        ("https://example.org/", {"example.org"}),
        ("https://example.org:8443", {"example.org:8443"}),
        ("http://news_site:8000", {"news_site:8000"}),
        ("https://xn--bcher-kva.example", {"xn--bcher-kva.example"}),
        ("http://127.0.0.1:8000", {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}),
        ("http://localhost", {"127.0.0.1", "localhost", "[::1]"}),
        ("http://[::1]:8000", {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}),
    ],
)
def test_a_site_answers_to_its_host_and_at_home_to_all_names_of_home(tmp_path, site_url, hosts):
    assert settings(tmp_path, SITE_URL=site_url).hosts == hosts


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SITE_URL": ""}, "NEWSITE_SITE_URL is missing"),
        ({"SITE_URL": "example.org"}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org/news"}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org?"}, "write scheme and host only"),
        ({"SITE_URL": "https://me:pw@example.org"}, "write scheme and host only"),
        ({"SITE_URL": "https://Example.org"}, "in small letters"),
        ({"SITE_URL": "https://bücher.example"}, "xn--"),
        ({"SITE_URL": "ftp://example.org"}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org:443"}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org:0"}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org:99999"}, "write scheme and host only"),
        ({"SITE_URL": "https://[::1"}, "write scheme and host only"),
        ({"SITE_URL": "https://exa mple.org"}, "write scheme and host only"),
        ({"SITE_URL": 'https://"><script>'}, "write scheme and host only"),
        ({"SITE_URL": "https://example.org."}, "write scheme and host only"),
        ({"SITE_URL": "https://a.org\nb"}, "write scheme and host only"),
        ({"DATABASE_URL": "postgresql+psycopg://db:abc/news"}, "is not a database address"),
        ({"DATABASE_URL": "sqlite://"}, "NEWSITE_DATABASE_URL names no file"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "names no file"),
        ({"DATABASE_URL": "sqlite:///file:a?mode=memory&uri=true"}, "names no file"),
        ({"DATABASE_URL": "mysql://db/news"}, "begins with “mysql:”"),
        ({"DATABASE_URL": "postgresql://db/news"}, "“postgresql+psycopg://…”"),
        ({"DATABASE_URL": "no address"}, "is not a database address"),
        ({"SECRET_KEY": "short"}, "holds 5 characters; a secret needs 32"),
        ({"SECRET_KEY": SECRET, "SECRET_KEY_FILE": "/x"}, "are both set"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "NEWSITE_SECRET_KEY_FILE: the secret in"),
        ({"PROXIES": "-1"}, "from 0 to 8"),
        ({"PROXIES": "9"}, "from 0 to 8"),
        ({"PROXIES": "0001"}, "from 0 to 8"),
        ({"PROXIES": "two"}, "from 0 to 8"),
        ({"PROXIES": "²"}, "from 0 to 8"),
        ({"LIMITS": "no"}, "NEWSITE_LIMITS is “no”; write on or off."),
        ({"REDIS_URL": "http://redis:6379"}, "NEWSITE_REDIS_URL is not an address of Redis."),
        ({"REDIS_URL": "redis"}, "Write redis://host:6379/0"),
        ({"REDIS_URL": "redis://"}, "is not an address of Redis"),
        ({"REDIS_URL": "redis://redis:0"}, "is not an address of Redis"),
        ({"REDIS_URL": "redis://redis:99999"}, "is not an address of Redis"),
        ({"REDIS_URL": "redis://redis/limits"}, "is not an address of Redis"),
        ({"REDIS_URL": "redis://redis?socket_timeout=60"}, "is not an address of Redis"),
        ({"REDIS_URL": "redis://redis/0#x"}, "is not an address of Redis"),
        ({"REDIS_URL": "unix://"}, "is not an address of Redis"),
        ({"REDIS_URL": "unix://redis.sock"}, "is not an address of Redis"),
        ({"REDIS_URL": "unix:///redis.sock?db=x"}, "is not an address of Redis"),
        ({"DEMO": "1"}, "NEWSITE_DEMO is “1”; write on or off."),
        ({"PROXYS": "1"}, "Did you mean NEWSITE_PROXIES?"),
        ({"XYLOPHONE_BAND": "1"}, "is not a setting of newsite. Remove it."),
    ],
)
def test_nonsense_is_refused_with_the_mend(tmp_path, given, sentence):
    (problem,) = problems(tmp_path, **given)
    assert sentence in problem


def test_postgresql_without_its_driver_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    (problem,) = problems(tmp_path, DATABASE_URL="postgresql+psycopg://db/news")
    assert problem.startswith("NEWSITE_DATABASE_URL needs PostgreSQL's driver. Install it")


@pytest.mark.parametrize(
    "address",
    [
        "redis://127.0.0.1",
        "redis://127.0.0.1:6380/",
        "rediss://newsite:opensesame@redis.example.org:6379/3",
        "redis://[::1]:6379/0",
        "unix:///run/redis/redis.sock",
        "unix://newsite:opensesame@/run/redis/redis.sock?db=3",
    ],
)
def test_redis_is_named_by_its_address_and_its_password_is_not_printed(tmp_path, address):
    made = settings(tmp_path, REDIS_URL=address)
    assert made.redis_url == address
    assert "opensesame" not in repr(made)
    assert settings(tmp_path, REDIS_URL="").redis_url == ""


def test_redis_without_its_client_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "find_spec", lambda name: None)
    (problem,) = problems(tmp_path, REDIS_URL="redis://redis")
    assert problem.startswith("NEWSITE_REDIS_URL needs Redis's client. Install it with newsite")


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    found = problems(tmp_path, SITE_URL="x", PROXIES="x", LIMITS="x")
    assert [sentence.split()[0] for sentence in found] == [
        "NEWSITE_SITE_URL",
        "NEWSITE_PROXIES",
        "NEWSITE_LIMITS",
    ]


def test_names_that_only_tests_read_are_no_mistake(tmp_path):
    assert settings(tmp_path, FIXTURES="/x", TEST_POSTGRES="y").site_url == URL


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    (problem,) = problems(tmp_path / "file" / "data")
    assert problem.startswith(f"NEWSITE_DATA: the folder {tmp_path}/file/data cannot be made (")
    (problem,) = problems(Path("/a\0b"))
    assert "null" in problem


def test_a_data_folder_that_may_not_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    (problem,) = problems(tmp_path)
    assert f"may not write to {tmp_path}" in problem


def test_a_broken_secret_in_the_data_folder_is_named(tmp_path):
    (tmp_path / "secret_key").write_bytes(b"\xff" * 40)
    (problem,) = problems(tmp_path)
    assert problem.startswith("NEWSITE_DATA: the secret in")
    (tmp_path / "secret_key").write_text("cut off")
    (problem,) = problems(tmp_path)
    assert problem.startswith(f"NEWSITE_DATA: {tmp_path / 'secret_key'} holds 7 characters")


def test_templates_are_found_beside_the_package_or_inside_it(tmp_path, monkeypatch):
    assert (config.folder("templates") / "base.html").is_file()
    (tmp_path / "newsite" / "static").mkdir(parents=True)
    monkeypatch.setattr(config, "__file__", str(tmp_path / "newsite" / "config.py"))
    assert config.folder("static") == tmp_path / "newsite" / "static"
    with pytest.raises(FileNotFoundError, match="templates folder is missing"):
        config.folder("templates")


def test_caches_to_purge_are_named_with_spaces_or_commas_between_them(tmp_path):
    assert settings(tmp_path).purge_urls == ()
    given = (
        "http://127.0.0.1:6081/, https://cache.example.org/purge\thttp://[::1]:80 http://[::1]:80"
    )
    assert settings(tmp_path, PURGE_URLS=given).purge_urls == (
        "http://127.0.0.1:6081/",
        "https://cache.example.org/purge",
        "http://[::1]:80",
    )


@pytest.mark.parametrize(
    "given",
    [
        "127.0.0.1:6081",  # no scheme
        "ftp://127.0.0.1/",
        "http://",
        "http://user:password@cache/",
        "http://cache:0/",
        "http://cache:99999/",
        "http://cache:port/",
        "http://cache/?key=1",
        "http://cache/#top",
        "http://cache/ä",
        "http://[::1/",
    ],
)
def test_what_is_no_cache_to_purge_is_refused_by_name(tmp_path, given):
    [problem] = problems(tmp_path, PURGE_URLS=f"http://127.0.0.1:6081/ {given}")
    assert problem.startswith(f"NEWSITE_PURGE_URLS: “{given}” is no address of an HTTP cache")


def test_more_caches_than_threads_are_refused(tmp_path):
    [problem] = problems(tmp_path, PURGE_URLS=" ".join(f"http://cache{n}/" for n in range(17)))
    assert problem.startswith("NEWSITE_PURGE_URLS names 17 caches")


def test_readme_names_every_setting() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    own = {"NEWSITE_DEMO"}  # what `serve --demo` tells the processes that it starts
    missing = [name for name in config.NAMES - own if f"`{name}`" not in readme]
    assert missing == []
