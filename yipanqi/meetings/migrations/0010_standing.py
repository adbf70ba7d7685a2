"""Requirements that never end, and the tasks that are their goals for a year."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("meetings", "0009_mechanism")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="line",
            name="standing",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="task", name="year", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=Q(principle=False) | Q(standing=False), name="a_principle_has_no_yearly_goals"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(parent__isnull=True, year__gte=2000, year__lte=2200),
                name="a_years_goal_stands_by_itself",
            ),
        ),
    ]
