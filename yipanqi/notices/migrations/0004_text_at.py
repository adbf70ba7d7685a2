from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0003_weekly")]

    operations: ClassVar = [
        migrations.AddField(model_name="text", name="at", field=models.DateTimeField(null=True)),
    ]
