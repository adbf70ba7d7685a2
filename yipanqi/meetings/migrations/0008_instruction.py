"""A leader's written instruction is a conference of a kind of its own, with what is known of it beside its text; and a
matter of staff has a seal for what was scanned."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

KINDS = ("conference", "plenary", "standing", "executive", "joint", "other", "instruction")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("core", "0009_matter_pending"),
        ("meetings", "0007_plan"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="conference",
            name="seal",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.seal"
            ),
        ),
        migrations.RemoveConstraint(model_name="conference", name="a_planned_conference_has_its_time"),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=Q(matter__isnull=True)
                | Q(kind="instruction")
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="a_planned_conference_has_its_time",
            ),
        ),
        migrations.RemoveConstraint(model_name="conference", name="a_conference_is_of_a_known_kind"),
        migrations.AddConstraint(
            model_name="conference",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)), name="a_conference_is_of_a_known_kind"
            ),
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                (
                    "conference",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="instruction",
                        serialize=False,
                        to="meetings.conference",
                    ),
                ),
                ("document", models.CharField(blank=True, max_length=60)),
                ("origin", models.CharField(max_length=120)),
                ("received_on", models.DateField()),
                ("handling", models.TextField(blank=True)),
                ("post", models.CharField(blank=True, max_length=60)),
                ("due_on", models.DateField(null=True)),
                ("answer", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(origin=""), name="an_instruction_was_written_on_something"
                    ),
                    models.CheckConstraint(
                        condition=Q(due_on__isnull=True) | ~Q(post=""),
                        name="what_is_due_was_instructed_by_a_post",
                    ),
                ],
            },
        ),
    ]
