"""Those who ask to be telephoned; and from when on a submitter may be called back about an answer."""

from __future__ import annotations

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0009_joined"), ("core", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField("case", "call_after", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "CallRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("suits", models.CharField(blank=True, max_length=10)),
                ("language", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("call_after", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("closed_at", models.DateTimeField(null=True)),
                ("taken_by", models.UUIDField(null=True)),
                (
                    "seal",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="core.seal"),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.submission",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["asked_at", "id"], condition=Q(closed_at__isnull=True), name="call_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(outcome="", closed_at__isnull=True, taken_by__isnull=True)
                        | Q(
                            outcome__in=["settled", "case", "declined", "not_reached"],
                            closed_at__isnull=False,
                            taken_by__isnull=False,
                        ),
                        name="a_call_is_closed_with_an_outcome",
                    ),
                    models.CheckConstraint(
                        condition=Q(suits__in=["", "morning", "afternoon", "evening"]),
                        name="a_time_of_day_is_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
