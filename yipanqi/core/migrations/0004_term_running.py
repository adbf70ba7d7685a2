"""What lapses is looked for term by term: by due date alone, every late answer was read in each minute."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("core", "0003_matter_open")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "term",
            models.Index(fields=["code", "due_at", "id"], condition=Q(state="running"), name="term_running"),
        ),
        RemoveIndexConcurrently("term", "term_running_due"),
    ]
