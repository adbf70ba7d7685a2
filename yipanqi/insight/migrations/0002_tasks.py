"""How each task counts, and who helps with it; the rollups read the log once more from its beginning to find them. What
cases count is known already and stays as it is."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def read_the_log_again(apps: Any, _editor: Any) -> None:
    apps.get_model("insight", "Cursor").objects.update(leaf=-1)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_matter_pending"),
        ("insight", "0001_initial"),
        ("meetings", "0005_meeting"),
        ("organisations", "0008_part_problem"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskStanding",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="core.matter",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meetings.line"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
                ("due_on", models.DateField()),
                ("shade", models.CharField(max_length=10)),
                ("yellow_on", models.DateField(null=True)),
                ("red_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["due_on", "matter"], name="task_standing_due")]},
        ),
        migrations.CreateModel(
            name="TaskHelp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="helps",
                        to="insight.taskstanding",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["task", "unit"], name="a_unit_helps_with_a_task_once")
                ]
            },
        ),
        migrations.RunPython(read_the_log_again, migrations.RunPython.noop),
    ]
