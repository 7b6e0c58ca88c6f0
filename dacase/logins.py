"""The three database logins and what each is for.

dacase_app      the web and the workers: owns nothing, bound by row security.
dacase_owner    owns every table: migrations, walls and the loading of invented data.
dacase_figures  counts returns: reads the columns it was given and no name, location or free text.
"""

import hashlib
import hmac
from typing import Any

from environ import Env

OWNER, APP, FIGURES = "dacase_owner", "dacase_app", "dacase_figures"
ALIASES = {"default": APP, "owner": OWNER, "figures": FIGURES}


def derived_password(seed: str, login: str) -> str:
    """The password of a login on a demo or test server, made from the installation's secret key."""
    return hmac.new(seed.encode(), login.encode(), hashlib.sha256).hexdigest()


def three_logins(env: Env) -> dict[str, dict[str, Any]]:
    """Django's DATABASES from the environment.

    In production each part is told its own login's URL: `DATABASE_URL` (app), `DATABASE_OWNER_URL`
    and `DATABASE_FIGURES_URL`, and a login that a part was not given is left out. Elsewhere
    `DATABASE_URL` is an administrator's URL and the three logins are derived from it.
    """
    if env.str("DACASE_ENV", "demo") == "production":
        urls = {
            "default": env.str("DATABASE_URL", ""),
            "owner": env.str("DATABASE_OWNER_URL", ""),
            "figures": env.str("DATABASE_FIGURES_URL", ""),
        }
        return {
            alias: configured(env.db_url_config(url))
            for alias, url in urls.items()
            if url or alias == "default"
        }
    admin = env.db_url_config(env.str("DATABASE_URL", "postgres://postgres@localhost/dacase"))
    name = env.str("DACASE_DATABASE", "") or "dacase"
    seed = env.str("SECRET_KEY", "demo")
    return {
        alias: configured({**admin, "NAME": name, "USER": login, "PASSWORD": derived_password(seed, login)})
        for alias, login in ALIASES.items()
    }


def configured(database: dict[str, Any]) -> dict[str, Any]:
    """One DATABASES entry with the options that every login shares."""
    return {
        **database,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # dacase.cases.middleware opens the transaction, earlier than Django would
    }


class OwnerMigrates:
    """Tables are made by their owner and by no other login."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
