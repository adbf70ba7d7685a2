from __future__ import annotations

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        ("core", "0009_matter_pending"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Content",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("file", models.UUIDField()),
                ("part", models.CharField(max_length=8)),
                ("sealed", models.BinaryField()),
                ("until", models.DateField()),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="content_until")],
                "constraints": [
                    models.UniqueConstraint(fields=("file", "part"), name="a_file_has_each_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["original", "served", "small"])),
                        name="a_content_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("jpeg", "Jpeg"), ("png", "Png"), ("webp", "Webp"), ("pdf", "Pdf")],
                        max_length=8,
                    ),
                ),
                ("algorithm", models.CharField(max_length=20)),
                ("key", models.BinaryField()),
                ("name", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("served_size", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "Held"), ("clean", "Clean"), ("quarantined", "Quarantined")],
                        max_length=12,
                    ),
                ),
                ("scanned", models.BooleanField()),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="core.seal"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "held")), fields=["id"], name="file_held")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["held", "clean", "quarantined"])),
                        name="a_files_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["jpeg", "png", "webp", "pdf"])),
                        name="a_files_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scanned", True), ("state", "held"), _negated=True),
                        name="a_held_file_has_not_been_scanned",
                    ),
                    models.UniqueConstraint(
                        fields=("seal", "number"), name="files_of_a_submission_are_numbered"
                    ),
                ],
            },
        ),
    ]
