from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("web_desk", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(model_name="savedview", name="sealed", field=models.BinaryField(null=True)),
    ]
