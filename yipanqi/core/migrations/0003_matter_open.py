"""The pair that a part repeats (organisations 0003): that a matter is open or closed can be pointed at."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

NAME = "a_matter_is_open_or_is_not"


class Migration(migrations.Migration):
    atomic = False  # an index that is built beside the work that goes on
    dependencies: ClassVar = [("core", "0002_matter_state")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint("matter", models.UniqueConstraint(fields=["id", "open"], name=NAME))
            ],
            database_operations=[
                # What a build that broke off left behind is made anew.
                migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}", migrations.RunSQL.noop),
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {NAME} ON core_matter (id, open)",
                    migrations.RunSQL.noop,
                ),
                migrations.RunSQL(
                    [
                        "SET lock_timeout = '5s'",
                        f"ALTER TABLE core_matter ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}",
                        "RESET lock_timeout",
                    ],
                    f"ALTER TABLE core_matter DROP CONSTRAINT {NAME}",
                ),
            ],
        )
    ]
