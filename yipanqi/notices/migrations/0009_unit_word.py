"""That the number of a document keeps the word that its unit had."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0008_sealed_copy")]

    operations: ClassVar = [
        migrations.AddField(
            "issueddocument",
            "unit_word",
            models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
