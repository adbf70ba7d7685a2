"""References, numbers and places are looked up as they are, never by a beginning of them: without the second index
that Django gives to each text that is unique or points at one."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# As Django named them when the tables were made; the names depend on table and column alone.
UNREAD = (
    "cases_case_area_id_040d4987_like",
    "cases_case_number_980c9551_like",
    "cases_reference_code_9c9bbc2b_like",
    "cases_submission_reference_id_22cc645e_like",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0004_past"), ("organisations", "0005_leaner")]
    operations: ClassVar = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AlterField(
            "case",
            "category",
            models.ForeignKey(
                "organisations.category", django.db.models.deletion.PROTECT, null=True, db_index=False
            ),
        ),
        migrations.RunSQL(f"DROP INDEX IF EXISTS {', '.join(UNREAD)}", migrations.RunSQL.noop),
    ]
