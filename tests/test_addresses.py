"""What an operator can have meant; the sentences for the rest are in test_config.py."""

import pytest

from newsite import addresses


@pytest.mark.parametrize(
    "given", ["http://cache", "https://10.0.0.7:6081/a/b", "http://[::1]:80/", "http://Cache/"]
)
def test_an_http_cache_has_a_host_and_perhaps_a_port_and_a_path(given: str) -> None:
    assert addresses.is_cache(given)


@pytest.mark.parametrize("given", ["redis://cache:0", "unix://host/x", "redis://[", "http://cache"])
def test_redis_is_on_a_host_or_a_socket(given: str) -> None:
    assert not addresses.is_redis(given)
    assert addresses.is_redis("unix:///run/redis.sock?db=0")
    assert addresses.is_redis("rediss://cache:6380/2")
