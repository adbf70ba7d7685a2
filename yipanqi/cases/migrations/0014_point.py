from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0013_mandate")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="case",
            name="point_goes",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
