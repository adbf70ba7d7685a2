"""Cases are joined to a head, which is itself joined to none.

The pair trick of organisations 0003: a case points at a head together with the constant `head_stands`, and the key of the
head is its id with `stands`, so PostgreSQL itself refuses chains, circles and a case joined to itself. Columns with a
constant default rewrite nothing; the indexes are built beside the work that goes on.
"""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

KEY = "a_head_stands_by_itself"
PAIR = "a_case_stands_once"


def _sql(*statements: str, back: str = "") -> migrations.RunSQL:
    guarded = ["SET lock_timeout = '5s'", *statements, "RESET lock_timeout"]
    return migrations.RunSQL(guarded, back or migrations.RunSQL.noop)


def _check(name: str, condition: Q, sql: str) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(
        state_operations=[
            migrations.AddConstraint("case", models.CheckConstraint(condition=condition, name=name))
        ],
        database_operations=[
            _sql(
                f"ALTER TABLE cases_case ADD CONSTRAINT {name} CHECK ({sql}) NOT VALID",
                back=f"ALTER TABLE cases_case DROP CONSTRAINT {name}",
            ),
            _sql(f"ALTER TABLE cases_case VALIDATE CONSTRAINT {name}"),
        ],
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("cases", "0008_handler_only")]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "case",
            "joined_to",
            models.ForeignKey(
                "cases.case",
                on_delete=django.db.models.deletion.PROTECT,
                null=True,
                related_name="joined",
                db_constraint=False,
                db_index=False,
            ),
        ),
        migrations.AddField(
            "case", "stands", models.BooleanField(db_default=True, default=True, editable=False)
        ),
        migrations.AddField(
            "case", "head_stands", models.BooleanField(db_default=True, default=True, editable=False)
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
        _check(
            "a_case_stands_or_is_joined",
            Q(joined_to__isnull=True, stands=True) | Q(joined_to__isnull=False, stands=False),
            "stands = (joined_to_id IS NULL)",
        ),
        _check("a_head_always_stands", Q(head_stands=True), "head_stands"),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["joined_to"], condition=Q(joined_to__isnull=False), name="case_joined"),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    "case", models.UniqueConstraint(fields=["matter", "stands"], name=PAIR)
                )
            ],
            database_operations=[
                # What a build that broke off left behind is made anew.
                migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {PAIR}", migrations.RunSQL.noop),
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY {PAIR} ON cases_case (matter_id, stands)",
                    migrations.RunSQL.noop,
                ),
                _sql(
                    f"ALTER TABLE cases_case ADD CONSTRAINT {PAIR} UNIQUE USING INDEX {PAIR}",
                    back=f"ALTER TABLE cases_case DROP CONSTRAINT {PAIR}",
                ),
            ],
        ),
        _sql(
            f"ALTER TABLE cases_case ADD CONSTRAINT {KEY} FOREIGN KEY (joined_to_id, head_stands) "
            "REFERENCES cases_case (matter_id, stands) NOT VALID",
            back=f"ALTER TABLE cases_case DROP CONSTRAINT {KEY}",
        ),
        _sql(f"ALTER TABLE cases_case VALIDATE CONSTRAINT {KEY}"),
    ]
