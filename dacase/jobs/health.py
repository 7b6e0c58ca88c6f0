"""Whether the database and the broker can be reached."""

import redis
from django.conf import settings
from django.db import Error, connection

PATIENCE = 3  # seconds


def database_answers() -> bool:
    """Whether the application's login can ask the database a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except Error:
        connection.close()
        return False


def broker_answers() -> bool:
    """Whether the broker answers within three seconds. An installation without one has none to lose."""
    if not settings.REDIS_URL:
        return True
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError):
        return False
