"""REDIS_URL as Celery and the cache need it, over TCP and over a Unix socket."""

import pytest

from dacase.jobs.addresses import cache_url, celery_url


@pytest.mark.parametrize(
    ("given", "celery", "cache"),
    [
        ("redis://broker:6379", "redis://broker:6379", "redis://broker:6379/1"),
        ("redis://:pw@broker:6379/3", "redis://:pw@broker:6379/3", "redis://:pw@broker:6379/4"),
        ("redis://broker?db=4", "redis://broker?db=4", "redis://broker?db=5"),
        (
            "rediss://b/0?ssl_cert_reqs=none",
            "rediss://b/0?ssl_cert_reqs=none",
            "rediss://b/1?ssl_cert_reqs=none",
        ),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock?virtual_host=0", "unix:///run/v.sock?db=1"),
        ("unix:///a%20b/v.sock", "redis+socket:///a b/v.sock?virtual_host=0", "unix:///a%20b/v.sock?db=1"),
        ("unix://:pw@/v.sock?db=2", "redis+socket://:pw@/v.sock?virtual_host=2", "unix://:pw@/v.sock?db=3"),
    ],
)
def test_addresses(given, celery, cache):
    assert celery_url(given) == celery
    assert cache_url(given) == cache


def test_emptying_the_cache_leaves_the_queue_alone(settings):
    import redis
    from django.core.cache import cache

    queue = redis.Redis.from_url(settings.REDIS_URL)
    queue.set("tests.waiting", "x", ex=60)
    cache.set("x", 1)
    cache.clear()
    assert cache.get("x") is None
    assert queue.exists("tests.waiting")
