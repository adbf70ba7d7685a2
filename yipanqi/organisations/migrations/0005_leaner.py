"""A part is found by its matter and by what its unit now has; no other index of it is read."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0004_part_ask"), ("core", "0006_leaner")]
    operations: ClassVar = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AlterField(
            "part",
            "matter",
            models.ForeignKey(
                "core.matter", PROTECT, related_name="parts", db_index=False, db_constraint=False
            ),
        ),
        migrations.AlterField(
            "part",
            "unit",
            models.ForeignKey("organisations.unit", PROTECT, related_name="parts", db_index=False),
        ),
    ]
