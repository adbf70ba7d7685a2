"""A report of a period lists what was closed in it; without an index of its own each such list reads all that the years
closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0009_matter_pending")]

    operations: ClassVar = [
        migrations.AddIndex(
            "matter", models.Index(fields=["closed_at", "id"], condition=Q(open=False), name="matter_closed")
        ),
    ]
