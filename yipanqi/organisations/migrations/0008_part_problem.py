"""That a co-unit is asked to solve what holds the work up."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

CHECK = models.CheckConstraint(
    condition=Q(problem=False) | Q(due_at__isnull=False), name="a_problem_is_owed_by_a_day"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("organisations", "0007_area_centre")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("part", "problem", models.BooleanField(db_default=False, default=False)),
        AddConstraintNotValid("part", CHECK),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
        ValidateConstraint("part", CHECK.name),
    ]
