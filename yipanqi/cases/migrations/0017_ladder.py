"""A review is a case that points at the case it reviews.

The pair trick of organisations 0003, over three: a review points at a case together with the rung below its own and its own
submission, and the key of a case is its id with its rung and its submission. So PostgreSQL itself refuses a second review
of a claim, a review of a review, circles, and a review of somebody else's case. New columns rewrite nothing, and the
indexes are built beside the work that goes on.
"""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q

KEY = "a_review_is_of_the_rung_below"
RUNG = "a_case_stands_on_one_rung"
ONCE = "one_review_of_a_case_at_a_time"


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


def _concurrently(name: str, columns: str, *then: migrations.RunSQL) -> list[migrations.RunSQL]:
    # What a build that broke off left behind is made anew.
    return [
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop),
        migrations.RunSQL(
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON cases_case {columns}",
            migrations.RunSQL.noop if then else f"DROP INDEX {name}",
        ),
        *then,
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [
        ("cases", "0016_statutory_path"),
        ("core", "0011_limit_months"),
        ("organisations", "0011_lawful_reviewer"),
    ]
    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="case", name="second_handling_is_once"),
        migrations.AddField(
            "case",
            "reviews",
            models.ForeignKey(
                "cases.case",
                on_delete=django.db.models.deletion.PROTECT,
                null=True,
                related_name="reviewed_by",
                db_constraint=False,
                db_index=False,
            ),
        ),
        migrations.AddField(
            "case", "rung", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.AddField(
            "case", "reviewed_rung", models.PositiveSmallIntegerField(null=True, editable=False)
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
        _check("a_round_is_one_of_a_few", Q(round__gte=1, round__lte=9), "round BETWEEN 1 AND 9"),
        _check(
            "a_review_stands_one_rung_up",
            Q(rung=0, reviews__isnull=True, reviewed_rung__isnull=True)
            | Q(
                rung__in=(1, 2),
                reviews__isnull=False,
                reviewed_rung__isnull=False,
                reviewed_rung=F("rung") - 1,
            ),
            "(rung = 0 AND reviews_id IS NULL AND reviewed_rung IS NULL) OR (rung IN (1, 2) AND reviews_id IS NOT NULL "
            "AND reviewed_rung IS NOT NULL AND reviewed_rung = rung - 1)",
        ),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["reviews"], condition=Q(reviews__isnull=False), name="case_reviews"),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    "case",
                    models.UniqueConstraint(
                        fields=["reviews"], condition=Q(reviews__isnull=False, open=True), name=ONCE
                    ),
                )
            ],
            database_operations=_concurrently(ONCE, "(reviews_id) WHERE reviews_id IS NOT NULL AND open"),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    "case", models.UniqueConstraint(fields=["matter", "rung", "submission"], name=RUNG)
                )
            ],
            database_operations=_concurrently(
                RUNG,
                "(matter_id, rung, submission_id)",
                _sql(
                    f"ALTER TABLE cases_case ADD CONSTRAINT {RUNG} UNIQUE USING INDEX {RUNG}",
                    back=f"ALTER TABLE cases_case DROP CONSTRAINT {RUNG}",
                ),
            ),
        ),
        _sql(
            f"ALTER TABLE cases_case ADD CONSTRAINT {KEY} FOREIGN KEY (reviews_id, reviewed_rung, submission_id) "
            "REFERENCES cases_case (matter_id, rung, submission_id) NOT VALID",
            back=f"ALTER TABLE cases_case DROP CONSTRAINT {KEY}",
        ),
        _sql(f"ALTER TABLE cases_case VALIDATE CONSTRAINT {KEY}"),
    ]
