"""Setting Django up in a command, with the database where it needs one."""

from __future__ import annotations

from yipanqi.runtime import environment


def ready(*, database: bool = True, migrated: bool = False) -> None:
    """Prepare the environment and set Django up; `migrated` brings the database up to date first."""
    environment.prepare(command_needs_database=database)
    if migrated:
        from yipanqi.commands.migrate import ensure_migrated

        ensure_migrated()
    import django

    django.setup()
