"""Requests that wait for a decision are few; without an index of their own each count of them reads all that is open."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0008_lexeme_statistics")]
    operations: ClassVar = [
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["due_at", "id"], condition=Q(open=True) & ~Q(pending=""), name="matter_pending"
            ),
        )
    ]
