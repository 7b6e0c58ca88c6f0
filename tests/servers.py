"""Starts the suite's own servers. Loaded by `-p tests.servers` in pyproject.toml, before Django's settings are."""

import os
from pathlib import Path
from tempfile import gettempdir

from dacase import embedded

os.environ["DACASE_ENV"] = "test"
folder = Path(os.environ.get("DACASE_TEST_HOME") or Path(gettempdir()) / f"dacase-test-{os.getuid()}")
folder.mkdir(mode=0o755, exist_ok=True)
embedded.use_embedded_servers(broker=True, folder=folder, durable=False)
run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())
os.environ["DACASE_DATABASE"] = f"dacase_test_{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
