"""The addresses of the broker and of the cache, both made from REDIS_URL. Read by the settings."""

from urllib.parse import parse_qsl, unquote, urlencode, urlsplit


def celery_url(redis_url: str) -> str:
    """REDIS_URL as Celery writes it: `unix:///path?db=1` is `redis+socket:///path?virtual_host=1`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = {{"db": "virtual_host"}.get(name, name): value for name, value in parse_qsl(parts.query)}
    query.setdefault("virtual_host", "0")
    return f"redis+socket://{parts.netloc}{unquote(parts.path)}?{urlencode(query)}"


def cache_url(redis_url: str) -> str:
    """The numbered database after the broker's, so that emptying the cache leaves the queue alone."""
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    path = parts.path
    if parts.scheme == "unix" or "db" in query:
        query["db"] = str(int(query.get("db") or 0) + 1)
    else:
        path = f"/{int(path.strip('/') or 0) + 1}"
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{urlencode(query)}" if query else "")
