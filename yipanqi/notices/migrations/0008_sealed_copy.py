"""Sealed files of documents, by the document."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0007_issued_document")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SealedCopy",
            fields=[
                (
                    "issued",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sealed",
                        serialize=False,
                        to="notices.issueddocument",
                    ),
                ),
                ("reference", models.CharField(max_length=80)),
                ("submitted", models.CharField(max_length=64)),
                ("submitted_at", models.DateTimeField()),
                ("content", models.BinaryField(null=True)),
                ("content_type", models.CharField(blank=True, max_length=40)),
                ("sealed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(sealed_at__isnull=True, content__isnull=True, content_type="")
                        | Q(
                            sealed_at__isnull=False,
                            content__isnull=False,
                            content_type__in=["application/pdf", "application/ofd"],
                        ),
                        name="a_sealed_copy_is_there_or_not_yet",
                    ),
                ],
            },
        ),
    ]
