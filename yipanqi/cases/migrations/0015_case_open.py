"""A case knows whether its matter is open, so that lists of open cases of a category or a place do not read what the years
have closed: the pair trick of organisations 0003 (decision record 7)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

KEY = "a_case_is_open_while_its_matter_is"


def _sql(*statements: str, back: str = "") -> migrations.RunSQL:
    guarded = ["SET lock_timeout = '5s'", *statements, "RESET lock_timeout"]
    return migrations.RunSQL(guarded, back or migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("cases", "0014_point"), ("core", "0003_matter_open")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "case", "open", models.BooleanField(db_default=True, default=True, editable=False)
        ),
        _sql(
            f"ALTER TABLE cases_case ADD CONSTRAINT {KEY} FOREIGN KEY (matter_id, open) "
            "REFERENCES core_matter (id, open) ON UPDATE CASCADE NOT VALID",
            back=f"ALTER TABLE cases_case DROP CONSTRAINT {KEY}",
        ),
        migrations.RunSQL(
            "UPDATE cases_case c SET open = m.open FROM core_matter m WHERE m.id = c.matter_id AND c.open <> m.open",
            migrations.RunSQL.noop,
        ),
        _sql(f"ALTER TABLE cases_case VALIDATE CONSTRAINT {KEY}"),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["category", "matter"], condition=Q(open=True), name="case_open_category"),
        ),
        AddIndexConcurrently(
            "case", models.Index(fields=["area", "matter"], condition=Q(open=True), name="case_open_area")
        ),
    ]
