"""Where the office on duty of a unit is written to."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0008_part_problem")]

    operations: ClassVar = [
        migrations.AddField(
            "unit", "mailbox", models.CharField(blank=True, db_default="", default="", max_length=120)
        ),
    ]
