"""A table of what is searched. Rows of the time before are filled in afterwards, in batches (`core.search.fill`)."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import yipanqi.core.models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0004_term_running")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="entry",
                        serialize=False,
                        to="core.matter",
                    ),
                ),
                ("reference", models.CharField(max_length=80)),
                ("body", models.TextField(blank=True)),
                ("lexemes", yipanqi.core.models.LexemesField(editable=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["lexemes"], gin_pending_list_limit=256, name="search_lexemes"
                    )
                ]
            },
        ),
    ]
