"""How far open terms have been counted anew after a notice of holidays: a job does it, and can be interrupted."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0006_leaner")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="core.calendarnotice",
                    ),
                ),
                ("since", models.DateField()),
                ("after", models.UUIDField(null=True)),
                ("total", models.PositiveIntegerField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
