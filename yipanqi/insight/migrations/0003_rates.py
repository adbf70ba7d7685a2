"""What claims count in the rates of units; the log is read once more from its beginning to find them. What cases and tasks
count is known already and stays as it is."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def read_the_log_again(apps: Any, _editor: Any) -> None:
    apps.get_model("insight", "Cursor").objects.update(leaf=-1)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0012_limit_off"),
        ("insight", "0002_tasks"),
        ("organisations", "0012_bar"),
        ("cases", "0018_evaluation"),
        ("exchange", "0002_above"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rated",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rate", models.CharField(max_length=10)),
                ("of", models.CharField(max_length=8)),
                ("day", models.DateField()),
                ("above", models.BooleanField()),
                ("good", models.BooleanField()),
                (
                    "matter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.matter",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "rate", "of", "day"], name="rated_behind")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("matter", "rate", "of"), name="a_claim_is_rated_once_of_each"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RateTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rate", models.CharField(max_length=10)),
                ("of", models.CharField(max_length=8)),
                ("day", models.DateField()),
                ("above", models.BooleanField()),
                ("good", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "unit", "rate", "of", "above"), name="a_rate_is_tallied_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("good__gte", 0), ("total__gte", models.F("good"))),
                        name="a_rate_is_a_part_of_a_whole",
                    ),
                ],
            },
        ),
        migrations.RunPython(read_the_log_again, migrations.RunPython.noop),
    ]
