"""The word that stands for a unit in the numbers of its documents (机关代字)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0012_bar")]

    operations: ClassVar = [
        migrations.AddField(
            "unit", "word", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddConstraint(
            "unit",
            models.UniqueConstraint(
                fields=["word"],
                condition=Q(valid_to__isnull=True) & ~Q(word=""),
                name="a_word_names_one_living_unit",
            ),
        ),
    ]
