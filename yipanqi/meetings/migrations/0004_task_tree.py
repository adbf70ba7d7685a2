"""What a task is broken down into stands under it; that it was put off; how much of what it is to reach, and
from which cases its progress is read."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("meetings", "0003_report")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="task",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="meetings.task",
            ),
        ),
        migrations.AddField("task", "deferred_from", models.DateField(null=True)),
        migrations.AddField("task", "request", models.JSONField(default=dict)),
        migrations.AddField("task", "rung", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("task", "rung_on", models.DateField(null=True)),
        migrations.AddIndex(
            "task",
            models.Index(fields=["rung_on"], condition=Q(rung_on__isnull=False), name="task_to_remind"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(deferred_from__isnull=True) | Q(due_on__gt=F("deferred_from")),
                name="a_task_is_put_off_to_a_later_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=~Q(parent=F("matter")), name="no_task_stands_under_itself"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="task_below"),
        ),
        migrations.AddField(
            "linebinding",
            "task",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bindings",
                to="meetings.task",
            ),
        ),
        migrations.AddIndex(
            "linebinding",
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="binding_of_task"),
        ),
        migrations.CreateModel(
            "Target",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=60)),
                ("measure", models.CharField(max_length=20)),
                ("wanted", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="meetings.task",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["task", "number"], name="targets_of_a_task_are_numbered"),
                    models.CheckConstraint(
                        condition=~Q(title="") & ~Q(measure=""), name="a_target_says_what_of_what"
                    ),
                    models.CheckConstraint(condition=Q(wanted__gt=0), name="a_target_is_more_than_nothing"),
                ]
            },
        ),
        # What was issued before is reminded of like everything else.
        migrations.RunSQL(
            "UPDATE meetings_task SET rung_on = due_on - 7 WHERE issued_on IS NOT NULL "
            "AND matter_id IN (SELECT id FROM core_matter WHERE open)",
            migrations.RunSQL.noop,
        ),
    ]
