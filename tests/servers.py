"""Starts the suite's own servers. Loaded by `-p tests.servers` in pyproject.toml, before Django's settings are."""

import os
from pathlib import Path
from tempfile import gettempdir

from dacase import embedded

os.environ["DACASE_ENV"] = "test"
folder = Path(os.environ.get("DACASE_TEST_HOME") or Path(gettempdir()) / f"dacase-test-{os.getuid()}")
folder.mkdir(mode=0o755, exist_ok=True)
embedded.use_embedded_servers(broker=True, folder=folder, durable=False)
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
if worker.startswith("gw") and "db=" not in os.environ["REDIS_URL"]:
    # Queue and cache of each test process are its own: they take two numbered databases of the sixteen.
    os.environ["REDIS_URL"] += f"?db={2 + 2 * (int(worker[2:]) % 7)}"
run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())
os.environ["DACASE_DATABASE"] = f"dacase_test_{run}_{worker}"
