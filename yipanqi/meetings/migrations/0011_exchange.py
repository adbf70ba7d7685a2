"""What a unit told of its experience, once it is cleared for sharing."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("meetings", "0010_standing")]
    operations: ClassVar = [
        migrations.AddField(
            "exchange", "title", models.CharField(blank=True, db_default="", default="", max_length=60)
        ),
        migrations.AddField(
            "exchange", "theme", models.CharField(blank=True, db_default="", default="", max_length=30)
        ),
        migrations.AddField("exchange", "text", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("exchange", "shared_at", models.DateTimeField(null=True)),
        migrations.AddField("exchange", "shared_by", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "exchange",
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True, shared_by__isnull=True, text="")
                | (Q(shared_at__isnull=False, shared_by__isnull=False) & ~Q(text="") & ~Q(title="")),
                name="what_is_shared_was_cleared",
            ),
        ),
    ]
