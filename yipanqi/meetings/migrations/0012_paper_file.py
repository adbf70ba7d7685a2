"""A paper of a meeting may have a file, which hangs on the seal of the meeting's matter."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("files", "0001_initial"),
        ("meetings", "0011_exchange"),
    ]
    operations: ClassVar = [
        migrations.AddField(
            model_name="paper",
            name="file",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"
            ),
        ),
    ]
