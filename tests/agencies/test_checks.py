"""What production refuses, tried on real processes and a real database."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.checks import run_checks
from django.db import connections

from dacase import checks

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DACASE_ENV": "production",
    "SECRET_KEY": "q7Zp2Lx9Vw4Nn8Rt1Bk6Hs3Jd5Gf0Yc-Ua2Eo7Mi4Qx9Tz6WlKv",
    "CONTEXT_KEY": "m3Xc8Kp5Rt2Yw9Bn6Vq1Zl4Hd7Sf0Gj-Oe5Ai2Un8Tk3Qx6WrPb",
    "ALLOWED_HOSTS": "partnership.example.org",
    "REDIS_URL": "redis://localhost:1/0",
}


def url_of(user="", password=""):
    """The address of the test's own database, for one of its logins; without one for its administrator."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = connections["default"].settings_dict["NAME"]
    host = parts.netloc.rpartition("@")[2]
    login = f"{user}:{password}" if user else parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@{host}", path=f"/{name}").geturl()


def start(program, **changes):
    """Run a program in production's settings. Returns its exit code and what it said."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= (
        GOOD
        | {"PYTHONPATH": str(ROOT)}
        | {name: value for name, value in changes.items() if value is not None}
    )
    for name, value in changes.items():
        if value is None:
            environment.pop(name, None)
    done = subprocess.run(
        program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


WEB = [sys.executable, "-c", "import dacase.wsgi; print('serving')"]


@pytest.fixture
def database(committed):
    """The test's own database; its context key is not production's, which nobody asks here."""
    login = connections["default"].settings_dict
    return {"DATABASE_URL": url_of(login["USER"], login["PASSWORD"])}


pytestmark = pytest.mark.slow


def test_the_web_server_starts_with_good_settings(database):
    code, printed = start(WEB, **database)
    assert code == 0
    assert "serving" in printed


BAD = {"DEBUG": "1", "SECRET_KEY": "short", "CONTEXT_KEY": None, "ALLOWED_HOSTS": "*"}
SAID = [
    "DEBUG is on",
    "SECRET_KEY is too short",
    "CONTEXT_KEY is the demonstration's",
    "ALLOWED_HOSTS has a “*”",
]


def test_bad_settings_stop_the_web_server(database):
    code, printed = start(WEB, **(database | BAD))
    assert code != 0
    assert [sentence for sentence in SAID if sentence not in printed] == []
    assert "serving" not in printed


def test_good_settings_have_no_fault_and_each_bad_one_has_its_own(settings):
    settings.SECRET_KEY, settings.CONTEXT_KEY = GOOD["SECRET_KEY"], GOOD["CONTEXT_KEY"]
    settings.ALLOWED_HOSTS = [GOOD["ALLOWED_HOSTS"]]
    for name in checks.COOKIES:
        setattr(settings, name, True)
    assert checks.settings_faults() == []
    for name, value, said in [
        ("DEBUG", True, "DEBUG is on"),
        ("DEMO", True, "The demonstration's sign-in is on"),
        ("SECRET_KEY", settings.INSECURE_KEY, "SECRET_KEY is the demonstration's"),
        ("CONTEXT_KEY", "a" * 80, "CONTEXT_KEY is too short or too regular"),
        ("CONTEXT_KEY", GOOD["SECRET_KEY"], "CONTEXT_KEY is the same as SECRET_KEY"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS is empty"),
        ("ALLOWED_HOSTS", ["a.example.org", "*"], "ALLOWED_HOSTS has a “*”"),
        ("SESSION_COOKIE_SECURE", False, "SESSION_COOKIE_SECURE is off"),
        ("CSRF_COOKIE_SECURE", False, "CSRF_COOKIE_SECURE is off"),
        ("SECURE_SSL_REDIRECT", False, "SECURE_SSL_REDIRECT is off"),
    ]:
        before = getattr(settings, name)
        setattr(settings, name, value)
        (fault,) = checks.settings_faults()
        assert fault.startswith(said)
        setattr(settings, name, before)


def test_a_login_that_may_pass_row_security_stops_the_web_server(database):
    code, printed = start(WEB, DATABASE_URL=url_of())
    assert code != 0
    assert "is a superuser" in printed
    (fault,) = checks.database_faults("owner")[:1]
    assert "owns tables" in fault


def test_no_database_stops_the_web_server_with_a_sentence(database):
    code, printed = start(WEB, DATABASE_URL="postgres://dacase_app:x@localhost:1/none")
    assert code != 0
    assert "The database cannot be asked whether its walls stand" in printed
    assert "Traceback" not in printed


def test_workers_refuse_too(database):
    celery = [sys.executable, "-m", "celery", "--app=dacase.celery", "worker"]
    code, printed = start(celery, **(database | {"DEBUG": "1"}))
    assert code != 0
    assert "DACase does not start in production" in printed


EVERY_POLICY = (
    "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname FROM pg_policies WHERE tablename = 'audit_read' LOOP"
    " EXECUTE format('DROP POLICY %I ON audit_read', p.policyname); END LOOP; END $$"
)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE cases_party NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE cases_party DISABLE ROW LEVEL SECURITY",
        EVERY_POLICY,
    ],
)
def test_a_wall_that_is_down_is_found(committed, change):
    assert checks.database_faults() == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute(change)
            faults = checks.table_faults(cursor)
        finally:
            cursor.execute("ROLLBACK")
    table = change.split()[2] if change.startswith("ALTER") else "audit_read"
    assert f"The table {table} has no forced row security. Run: manage.py prepare_database" in faults


def test_every_table_of_a_case_and_its_history_is_looked_at():
    walled = set(checks.walled_tables())
    assert {"cases_case", "cases_party", "referrals_referral", "marac_hearing", "refuge_placement"} <= walled
    assert any(name.startswith("cases_historical") for name in walled)


def test_outside_production_nothing_is_refused(settings):
    settings.DEBUG = True
    checks.refuse_unsafe()
    assert [one for one in run_checks() if str(one.id).startswith("dacase.")] == []


def test_bad_settings_stop_every_command_that_makes_system_checks(settings):
    settings.PRODUCTION = True
    found = {one.msg for one in run_checks() if str(one.id).startswith("dacase.E")}
    assert found == set(checks.settings_faults())
    assert any("SECRET_KEY" in fault for fault in found)


def test_cookies_without_their_locks_are_refused(settings):
    settings.PRODUCTION = True
    settings.SESSION_COOKIE_SECURE = False
    assert "SESSION_COOKIE_SECURE is off." in checks.settings_faults()
    with pytest.raises(checks.Unsafe):
        checks.refuse_unsafe()
