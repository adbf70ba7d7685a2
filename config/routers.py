"""The job queue's tables live in a schema of their own; everything else in the city's."""

from __future__ import annotations

from typing import Any


class SchemaRouter:
    """Sends the migrations of the job queue to the alias `jobs` and all others to `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (app_label == "procrastinate") == (db == "jobs")
