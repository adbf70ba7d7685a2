"""The list of orders judged not solved begins at their verdicts, which are few."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("cases", "0001_initial")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "verdict",
            models.Index(
                fields=["case"], condition=Q(open_to_staff=True, solved=False), name="verdict_not_solved"
            ),
        )
    ]
