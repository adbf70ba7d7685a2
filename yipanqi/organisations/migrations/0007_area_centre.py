from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0006_stand_in")]
    operations: ClassVar = [
        migrations.AddField(model_name="area", name="latitude", field=models.FloatField(null=True)),
        migrations.AddField(model_name="area", name="longitude", field=models.FloatField(null=True)),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-85, 85), longitude__range=(-180, 180)),
                name="an_area_has_a_whole_centre_or_none",
            ),
        ),
    ]
