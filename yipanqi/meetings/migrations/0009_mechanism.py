"""Coordination mechanisms: rules, members, and the conferences that are their meetings."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("meetings", "0008_instruction"),
        ("organisations", "0008_part_problem"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Mechanism",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("rules", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(name="") & ~Q(rules=""), name="a_mechanism_has_name_and_rules"
                    ),
                    models.UniqueConstraint(
                        fields=["name"],
                        condition=Q(valid_to__isnull=True),
                        name="a_living_mechanism_has_its_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("does", models.CharField(blank=True, max_length=120)),
                (
                    "mechanism",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="meetings.mechanism",
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
                    models.UniqueConstraint(fields=["mechanism", "unit"], name="a_unit_is_a_member_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="mechanism",
            name="members",
            field=models.ManyToManyField(
                related_name="+", through="meetings.Member", to="organisations.unit"
            ),
        ),
        migrations.AddField(
            model_name="conference",
            name="mechanism",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="meetings.mechanism",
            ),
        ),
    ]
