"""The benchmark's own database under the data folder, loaded once and kept for the next run."""

import hashlib
import os
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def start() -> Path:
    """Start or join the benchmark's PostgreSQL and set Django up on it. Returns its data folder."""
    from dacase import embedded

    home = embedded.home() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DACASE_ENV"] = "demo"
    os.environ.pop("REDIS_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    if not os.environ.get("DATABASE_URL"):
        # Its own server, so that the demo's is not slowed down; a crash loses nothing but invented rows.
        os.environ["DATABASE_URL"] = embedded.start_database(home, durable=False)
    os.environ["DACASE_DATABASE"] = "dacase_bench"
    import django

    django.setup()
    return home


def load(home: Path, cases: int, *, fresh: bool) -> None:
    """Fill the database with about `cases` cases, unless it holds as many of this version already."""
    from django.core.management import call_command
    from django.db import connections

    from dacase.cases.models import Case
    from dacase.demo.world import make_world

    mark = home / "loaded"
    version = f"{cases} {digest()}"
    if not fresh and mark.exists() and mark.read_text() == version:
        call_command("prepare_database", verbosity=0)
        print(f"Using the {Case.objects.using('owner').count():,} cases loaded before")
        return
    mark.unlink(missing_ok=True)
    drop()
    call_command("prepare_database", verbosity=0)
    from django.utils import timezone

    print(f"Loading {cases:,} cases of 40 agencies")
    begin = time.perf_counter()
    make_world(
        until=timezone.localdate(), cases=cases, bench=True, say=lambda text: print(f"  {text}", flush=True)
    )
    print(f"Loaded in {time.perf_counter() - begin:.0f} seconds")
    with connections["owner"].cursor() as cursor:
        # As autovacuum would leave it: index-only scans need the visibility map.
        cursor.execute("VACUUM (ANALYZE)")
    mark.write_text(version)


def digest() -> str:
    """Changes with the tables and with the way they are filled."""
    files = [
        *ROOT.glob("dacase/demo/**/*.py"),
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("*/*/migrations/*.py"),
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def drop() -> None:
    import psycopg2
    from django.conf import settings
    from django.db import connections

    connections.close_all()
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{settings.DATABASES["default"]["NAME"]}" WITH (FORCE)')
    server.close()
    from django.core.management import call_command

    call_command("prepare_logins", verbosity=0)
