"""A verdict is of whoever handled the claim or of the petition office, and may have a reason that is a dated row.

New columns rewrite nothing, the index is built beside the work that goes on, and the reasons that come with the product are
those of practice: an office puts its own in their place.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

ONCE = "one_verdict_a_round_of_each"
ALONE = "the_office_is_graded_alone"
REASONS = (
    ("handler", "slow", "办得慢", "It took too long"),
    ("handler", "not_done", "答复了但没有办到", "Answered, but not done"),
    ("handler", "unclear", "答复看不懂", "The answer is hard to understand"),
    ("handler", "attitude", "态度不好", "Unfriendly"),
    ("handler", "not_heard", "没有听我说", "I was not heard"),
    ("handler", "good_work", "办得好", "Well handled"),
    ("office", "slow", "转得慢", "Sent on too late"),
    ("office", "wrong_unit", "转错了单位", "Sent to the wrong unit"),
    ("office", "not_told", "没有告知进展", "I was not kept informed"),
    ("office", "attitude", "态度不好", "Unfriendly"),
    ("office", "good_work", "服务好", "Good service"),
    ("exclusion", "not_public", "不宜公开", "Not fit for publicity"),
    ("exclusion", "other_procedure", "应由诉讼、复议、仲裁处理", "Owed to a court, review or arbitration"),
    ("exclusion", "other_organ", "人大、法院、检察院职权范围", "A matter of the congress, court or procuratorate"),
)  # fmt: skip


def seed(apps: Any, schema_editor: Any) -> None:
    apps.get_model("cases", "ReasonCode").objects.bulk_create(
        apps.get_model("cases", "ReasonCode")(
            series=series, code=code, name_zh=zh, name_en=en, valid_from=dt.date(2020, 1, 1)
        )
        for series, code, zh, en in REASONS
    )


def _sql(*statements: str, back: str = "") -> migrations.RunSQL:
    guarded = ["SET lock_timeout = '5s'", *statements, "RESET lock_timeout"]
    return migrations.RunSQL(guarded, back or migrations.RunSQL.noop)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("cases", "0017_ladder")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ReasonCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=12)),
                ("code", models.CharField(max_length=40)),
                ("name_zh", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=100)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("valid_to__isnull", True)),
                        fields=("series", "code"),
                        name="a_reason_holds_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(("series__in", ["handler", "office", "exclusion"])),
                        name="a_series_is_known",
                    ),
                ]
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.AddField(
            "verdict", "of", models.CharField(db_default="handler", default="handler", max_length=8)
        ),
        migrations.AddField(
            "verdict",
            "why",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.reasoncode",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("verdict", "one_verdict_a_round"),
                migrations.AddConstraint(
                    "verdict", models.UniqueConstraint(fields=("case", "round", "of"), name=ONCE)
                ),
            ],
            database_operations=[
                migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {ONCE}", migrations.RunSQL.noop),
                migrations.RunSQL(
                    f'CREATE UNIQUE INDEX CONCURRENTLY {ONCE} ON cases_verdict (case_id, round, "of")',
                    migrations.RunSQL.noop,
                ),
                _sql(f"ALTER TABLE cases_verdict ADD CONSTRAINT {ONCE} UNIQUE USING INDEX {ONCE}"),
                _sql("ALTER TABLE cases_verdict DROP CONSTRAINT one_verdict_a_round"),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    "verdict",
                    models.CheckConstraint(
                        condition=Q(of="handler") | Q(of="office", solved__isnull=True, pressed=False),
                        name=ALONE,
                    ),
                )
            ],
            database_operations=[
                _sql(
                    f"ALTER TABLE cases_verdict ADD CONSTRAINT {ALONE} CHECK (\"of\" = 'handler' OR "
                    "(\"of\" = 'office' AND solved IS NULL AND NOT pressed)) NOT VALID"
                ),
                _sql(f"ALTER TABLE cases_verdict VALIDATE CONSTRAINT {ALONE}"),
            ],
        ),
    ]
