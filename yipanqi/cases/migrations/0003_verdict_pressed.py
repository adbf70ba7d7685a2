"""The few verdicts whose givers were pressed, found without walking through all verdicts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("cases", "0002_verdict_not_solved")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "verdict",
            models.Index(
                fields=["case"], condition=Q(pressed=True, open_to_staff=True), name="verdict_pressed"
            ),
        )
    ]
