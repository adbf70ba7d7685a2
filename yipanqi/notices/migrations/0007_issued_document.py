"""Numbers of documents. A serial stands on the one before it by a foreign key, so that there is no gap."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

TABLE = "notices_issueddocument"
KEY = "a_document_number_stands_on_the_one_before"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("core", "0011_limit_months"),
        ("notices", "0006_message_to_unit"),
        ("organisations", "0009_unit_mailbox"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="IssuedDocument",
            fields=[
                (
                    "move",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="issued",
                        serialize=False,
                        to="core.move",
                    ),
                ),
                ("unit_name", models.CharField(max_length=80)),
                ("year", models.PositiveSmallIntegerField()),
                ("series", models.CharField(max_length=20)),
                ("word", models.CharField(max_length=20)),
                ("serial", models.PositiveIntegerField()),
                ("follows", models.PositiveIntegerField(null=True)),
                ("version", models.PositiveSmallIntegerField()),
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
                        fields=("unit", "year", "series", "serial"), name="a_document_number_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(serial=1, follows__isnull=True)
                        | Q(serial__gt=1, follows__isnull=False, follows=F("serial") - 1),
                        name="a_document_number_follows_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT {KEY} FOREIGN KEY (unit_id, year, series, follows) "
            f"REFERENCES {TABLE} (unit_id, year, series, serial)",
            f"ALTER TABLE {TABLE} DROP CONSTRAINT {KEY}",
        ),
    ]
