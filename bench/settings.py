"""DACase's settings, and one more way into the database that no wall stops: the measure of what walls cost."""

import os

from environ import Env

from dacase.logins import configured
from dacase.settings import *  # noqa: F403
from dacase.settings import DATABASES

BARE = "bare"
DATABASES[BARE] = configured(
    {**Env.db_url_config(os.environ["DATABASE_URL"]), "NAME": DATABASES["default"]["NAME"]}
)
