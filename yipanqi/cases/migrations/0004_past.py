"""What was handled long ago may have no date: it is kept to be found, and no limit runs from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0003_verdict_pressed")]
    operations: ClassVar = [
        migrations.AlterField("submission", "received_at", models.DateTimeField(null=True)),
    ]
