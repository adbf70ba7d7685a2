from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0012_publication")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="mandate",
                        serialize=False,
                        to="cases.submission",
                    ),
                ),
                (
                    "relation",
                    models.CharField(choices=[("helper", "Helper"), ("guardian", "Guardian")], max_length=10),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("declared", "Declared"),
                            ("written", "Written"),
                            ("present", "Present"),
                            ("oral", "Oral"),
                        ],
                        max_length=10,
                    ),
                ),
                ("rules", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["helper", "guardian"])),
                        name="a_relation_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["declared", "written", "present", "oral"])),
                        name="how_a_mandate_was_given_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("relation", "guardian"), ("rules", ""), _negated=True),
                        name="a_guardian_consents_to_a_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MandateEnd",
            fields=[
                (
                    "mandate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="end",
                        serialize=False,
                        to="cases.mandate",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "secret",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.trackingsecret",
                    ),
                ),
            ],
        ),
    ]
