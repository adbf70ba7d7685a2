"""A part knows whether its matter is open, so that lists of open matters do not read what the years have closed.

PostgreSQL itself keeps it so: when a matter closes, the foreign key over the pair carries it over. Each statement commits
for itself and none holds a lock for long; the key comes before the rows are brought up to date, so that what closes
meanwhile is not missed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KEY = "a_part_is_open_while_its_matter_is"
INDEX = models.Index(fields=["unit", "matter"], condition=Q(until__isnull=True, open=True), name="part_open")


def _sql(*statements: str, back: str = "") -> migrations.RunSQL:
    guarded = ["SET lock_timeout = '5s'", *statements, "RESET lock_timeout"]
    return migrations.RunSQL(guarded, back or migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("organisations", "0002_one_duty"), ("core", "0003_matter_open")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "part", "open", models.BooleanField(db_default=True, default=True, editable=False)
        ),
        _sql(
            f"ALTER TABLE organisations_part ADD CONSTRAINT {KEY} FOREIGN KEY (matter_id, open) "
            "REFERENCES core_matter (id, open) ON UPDATE CASCADE NOT VALID",
            back=f"ALTER TABLE organisations_part DROP CONSTRAINT {KEY}",
        ),
        migrations.RunSQL(
            "UPDATE organisations_part p SET open = m.open FROM core_matter m "
            "WHERE m.id = p.matter_id AND p.open <> m.open",
            migrations.RunSQL.noop,
        ),
        _sql(f"ALTER TABLE organisations_part VALIDATE CONSTRAINT {KEY}"),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddIndex("part", INDEX)],
            database_operations=[
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY part_open ON organisations_part (unit_id, matter_id) "
                    "WHERE until IS NULL AND open",
                    "DROP INDEX part_open",
                )
            ],
        ),
    ]
