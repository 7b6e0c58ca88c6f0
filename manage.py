#!/usr/bin/env python3
"""Run a DACase command. Without DATABASE_URL it starts, or joins, the database in the data folder."""

import os
import sys

# These touch no database, so that they work before one exists.
WITHOUT_DATABASE = {"help", "version", "--version", "--help", "makemigrations", "collectstatic", "findstatic"}

WITH_BROKER = {"demo", "relay"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacase.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE and os.environ.get("DACASE_ENV") != "production":
        from dacase import embedded

        embedded.use_embedded_servers(broker=command in WITH_BROKER)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
