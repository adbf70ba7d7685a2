"""What a co-unit is asked to do, by when, and when it gave it.

The checks hold for new rows at once and are proved of the old ones afterwards, so that no lock is held for long.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.models import Q

OWED = Q(until__isnull=True, open=True, done_at__isnull=True, due_at__isnull=False)
CHECKS = (
    models.CheckConstraint(
        condition=Q(role="co") | Q(asked="", due_at__isnull=True), name="only_a_co_unit_owes_a_part"
    ),
    models.CheckConstraint(
        condition=Q(done_at__isnull=True) | Q(due_at__isnull=False), name="only_what_was_owed_is_done"
    ),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("organisations", "0003_part_open")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "part", "asked", models.CharField(blank=True, db_default="", default="", max_length=500)
        ),
        migrations.AddField("part", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("part", "done_at", models.DateTimeField(null=True)),
        *(AddConstraintNotValid("part", check) for check in CHECKS),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
        *(ValidateConstraint("part", check.name) for check in CHECKS),
        AddIndexConcurrently(
            "part", models.Index(fields=["unit", "due_at", "matter"], condition=OWED, name="part_owed")
        ),
        AddIndexConcurrently(
            "part",
            models.Index(
                fields=["matter"],
                condition=Q(role="lead", until__isnull=False, open=True),
                name="part_given_back",
            ),
        ),
    ]
