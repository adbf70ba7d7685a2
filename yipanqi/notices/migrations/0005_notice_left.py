"""A notice may tell a unit that it lost its part: then it is met before the gate."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0004_text_at")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="notice",
            name="left",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
