"""Starts the suite's own servers. Loaded by `-p tests.servers` in pyproject.toml, before Django's settings are."""

import os
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import urlsplit, urlunsplit

from dacase import embedded

os.environ["DACASE_ENV"] = "test"
folder = Path(os.environ.get("DACASE_TEST_HOME") or Path(gettempdir()) / f"dacase-test-{os.getuid()}")
folder.mkdir(mode=0o755, exist_ok=True)
embedded.use_embedded_servers(broker=True, folder=folder, durable=False)
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if worker.startswith("gw"):
    # Queue and cache of each test process are its own: they take two numbered databases of the sixteen.
    number = 2 + 2 * (int(worker[2:]) % 7)
    url = os.environ["REDIS_URL"]
    on_socket = url.startswith("unix:")
    os.environ["REDIS_URL"] = (
        f"{url}?db={number}" if on_socket else urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
    )
run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())
os.environ["DACASE_DATABASE"] = f"dacase_test_{run}_{worker}"
