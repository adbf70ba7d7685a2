"""A task's line is no principle: a foreign key over the pair (line, principle), where the task's half is always false."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("meetings", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE meetings_task ADD CONSTRAINT a_task_stands_under_no_principle "
            "FOREIGN KEY (line_id, principle) REFERENCES meetings_line (id, principle)",
            "ALTER TABLE meetings_task DROP CONSTRAINT a_task_stands_under_no_principle",
        )
    ]
