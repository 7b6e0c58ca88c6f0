"""The installation described by docker-compose.yml and the Dockerfile keeps its promises.

Read as data: no container engine is needed, and each promise is checked for every service there is.
"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
ONE_SHOT = {"logins", "migrate"}
APPLICATION = {"logins", "migrate", "web", "worker", "relay", "scheduler"}
SECRET = re.compile(r"PASSWORD|SECRET|KEY|CERTIFICATE|_HOST")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def environment(service):
    return SERVICES[service].get("environment", {})


def who_knows(variable):
    """The services whose description names a variable, whatever setting it is part of."""
    return {name for name, service in SERVICES.items() if "${" + variable in yaml.safe_dump(service)}


def test_every_part_of_the_product_is_there():
    assert set(SERVICES) == APPLICATION | {"database", "broker", "proxy"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_hardened(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert str(service["user"]).split(":")[0] not in {"root", "0"}
    assert "docker.sock" not in yaml.safe_dump(service)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_lasting_service_has_a_health_check_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_one_shot_runs_once(name):
    assert SERVICES[name]["restart"] == "no"


def test_no_variable_has_a_default_and_each_says_what_it_is():
    found = VARIABLE.findall((ROOT / "docker-compose.yml").read_text())
    assert found
    for name, rest in found:
        assert re.fullmatch(r":\?.{10,}", rest), f"{name} needs :? and a sentence"


def test_no_secret_is_written_down():
    for name in SERVICES:
        for key, value in environment(name).items():
            if SECRET.search(key):
                assert VARIABLE.search(value), f"{name}: {key} is written in the file"
        for key in (
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "DATABASE_FIGURES_URL",
            "DATABASE_ADMIN_URL",
            "REDIS_URL",
        ):
            value = environment(name).get(key)
            assert value is None or re.search(r":\$\{[A-Z_]+_PASSWORD:\?[^}]+\}@", value), f"{name}: {key}"


def test_example_lists_every_variable_and_fills_in_none():
    lines = (ROOT / "docker" / "example.env").read_text().splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    assert all(line.endswith("=") for line in listed)
    wanted = {name for name, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}
    assert {line.rstrip("=") for line in listed} == wanted


def test_each_password_is_known_only_where_it_is_needed():
    assert who_knows("ADMIN_PASSWORD") == {"database", "logins"}
    assert who_knows("OWNER_PASSWORD") == {"logins", "migrate"}
    assert who_knows("FIGURES_PASSWORD") == {"logins", "worker"}
    assert who_knows("APP_PASSWORD") == APPLICATION
    assert who_knows("SECRET_KEY") == who_knows("CONTEXT_KEY") == APPLICATION


def test_each_login_is_given_under_its_own_name():
    logins = {"DATABASE_URL": "dacase_app", "DATABASE_OWNER_URL": "dacase_owner"} | {
        "DATABASE_FIGURES_URL": "dacase_figures",
        "DATABASE_ADMIN_URL": "postgres",
    }
    for name in APPLICATION:
        for key, login in logins.items():
            value = environment(name).get(key)
            assert value is None or value.startswith(f"postgres://{login}:${{")


def test_every_application_service_is_production():
    assert {environment(name)["DACASE_ENV"] for name in APPLICATION} == {"production"}
    assert all("DEBUG" not in environment(name) for name in APPLICATION)


def test_only_the_proxy_can_be_reached_from_outside():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["database"]["networks"] == SERVICES["broker"]["networks"] == ["inside"]
    assert "inside" not in SERVICES["proxy"]["networks"]


def test_set_up_runs_in_order_and_before_the_rest():
    assert set(SERVICES["logins"]["depends_on"]) == {"database"}
    assert SERVICES["migrate"]["depends_on"]["logins"]["condition"] == "service_completed_successfully"
    for name in ("web", "worker", "relay", "scheduler"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_queue_loses_nothing_by_itself():
    settings = SERVICES["broker"]["command"][-1]
    assert "appendonly yes" in settings
    assert "maxmemory-policy noeviction" in settings
    assert "requirepass $$BROKER_PASSWORD" in settings


def test_what_is_kept_is_on_a_volume_and_the_rest_in_memory():
    assert set(COMPOSE["volumes"]) == {"database", "broker"}
    assert SERVICES["database"]["volumes"] == ["database:/var/lib/postgresql"]
    for name in APPLICATION:
        assert "volumes" not in SERVICES[name]
        assert any(entry.startswith("/tmp:") for entry in SERVICES[name]["tmpfs"])


def test_proxy_speaks_tls_and_believes_no_header_from_outside():
    text = (ROOT / "docker" / "nginx.conf").read_text()
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "return 301 https://" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto https;" in text
    assert "$remote_addr" not in text.split("log_format")[1].split(";")[0]
    mounts = SERVICES["proxy"]["volumes"]
    assert all(mount.endswith(":ro") for mount in mounts)


def test_image_runs_as_a_user_who_owns_none_of_its_files():
    last = DOCKERFILE.split("\nFROM ")[-1]
    instructions = re.findall(r"^([A-Z]+) (.*)", last, re.MULTILINE)
    assert [value for name, value in instructions if name == "USER"] == ["10001"]
    assert not any("--chown" in value for name, value in instructions if name == "COPY")
    after_user = last.split("\nUSER 10001")[1]
    assert "COPY" not in after_user
    assert "RUN" not in after_user


def test_image_checks_every_hash_and_holds_no_secret():
    assert "--require-hashes" in DOCKERFILE
    assert "--no-index" in DOCKERFILE
    environment_lines = re.findall(r"^ENV .*?(?:[^\\]\n)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert environment_lines
    assert not any(re.search(r"SECRET|PASSWORD|_KEY", line) for line in environment_lines)
    assert "DACASE_ENV=production" in environment_lines[0]


def test_image_gets_only_what_it_copies():
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set()
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        copied.update(line.split()[:-1])
    assert kept == copied
    assert all((ROOT / name).exists() for name in kept)
