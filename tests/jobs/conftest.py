"""A broker's database of this test process alone, and the relay and workers on it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from celery import Celery

ROOT = Path(__file__).resolve().parents[2]


def own_broker():
    """REDIS_URL with a database number of this test process: other processes run their own workers."""
    number = 2 + 2 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 7)
    address = re.sub(r"(\?.*|/\d+)$", "", os.environ["REDIS_URL"])
    return f"{address}?db={number}" if address.startswith("unix") else f"{address.rstrip('/')}/{number}"


def wait_for(condition, *, seconds=12):
    """Waits until `condition` gives something true, and returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
def broker(settings):
    """The broker's own client; emptied before and after."""
    settings.REDIS_URL = own_broker()
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def celery_app(broker, settings):
    """Celery as a producer on that broker."""
    from dacase.jobs.addresses import celery_url

    with Celery("tests", broker=celery_url(settings.REDIS_URL), set_as_current=False) as app:
        app.conf.broker_connection_retry = False
        yield app


@pytest.fixture
def relay(celery_app):
    """A relay that is driven turn by turn and never sleeps; `relay.slept` is how long it would have."""
    from dacase.jobs.relay import Relay

    slept = []
    made = Relay(celery_app, sleep=slept.append)
    made.slept = slept
    return made


@pytest.fixture
def start(broker, tmp_path):
    """`start("worker")` or `start("relay")` runs a real process of the product on this broker."""
    processes = []

    def run(part, **environment):
        commands = {
            "worker": [
                *(
                    "-m",
                    "celery",
                    "-A",
                    "tests.jobs.worker_app",
                    "worker",
                    "--concurrency=1",
                    "--loglevel=INFO",
                ),
                *(
                    "--without-mingle",
                    "--without-gossip",
                    f"--hostname=tests-{len(processes)}-{os.getpid()}@tests",
                ),
            ],
            "relay": ["manage.py", "relay"],
        }
        with (tmp_path / f"{part}{len(processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *commands[part]],
                cwd=ROOT,
                env={**os.environ, "REDIS_URL": own_broker(), **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        processes.append(process)
        process.log = tmp_path / f"{part}{len(processes) - 1}.log"
        return process

    yield run
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
