"""A post is covered for an absent one from a day to a day; the duties of both are one, by foreign keys over pairs."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Func, Q, Value

PAIRS = (
    ("a_stand_in_has_the_duty_of_the_post", "(account_id, duty)", "people_account (id, duty)"),
    (
        "a_stand_in_covers_whose_post_it_is",
        "(posting_id, absent_id, duty)",
        "organisations_posting (id, account_id, duty)",
    ),
)
INTEGERS = django.contrib.postgres.fields.BigIntegerRangeField()
DAYS = django.contrib.postgres.fields.DateRangeField()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0005_leaner"), ("people", "0001_initial")]
    operations: ClassVar = [
        migrations.AddConstraint(
            "posting",
            models.UniqueConstraint(fields=["id", "account", "duty"], name="a_post_is_one_accounts"),
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("duty", models.CharField(max_length=10)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("basis", models.CharField(max_length=200)),
                ("given_at", models.DateTimeField()),
                ("given_by", models.UUIDField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="people.account",
                    ),
                ),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covered_by",
                        to="people.account",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to="organisations.posting",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(revoked_at__isnull=True),
                        fields=["account", "until"],
                        name="stand_in_of_account",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(until__gte=F("since")), name="a_stand_in_ends_after_it_began"
                    ),
                    models.CheckConstraint(
                        condition=~Q(account=F("absent")), name="nobody_stands_in_for_themselves"
                    ),
                    models.CheckConstraint(condition=~Q(basis=""), name="a_stand_in_has_a_basis"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        name="a_post_has_one_stand_in_at_a_time",
                        expressions=[
                            (
                                Func(
                                    F("posting"),
                                    F("posting"),
                                    Value("[]"),
                                    function="int8range",
                                    output_field=INTEGERS,
                                ),
                                "&&",
                            ),
                            (
                                Func(
                                    F("since"),
                                    F("until"),
                                    Value("[]"),
                                    function="daterange",
                                    output_field=DAYS,
                                ),
                                "&&",
                            ),
                        ],
                        condition=Q(revoked_at__isnull=True),
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE organisations_standin ADD CONSTRAINT {name} "
                f"FOREIGN KEY {columns} REFERENCES {target}",
                f"ALTER TABLE organisations_standin DROP CONSTRAINT {name}",
            )
            for name, columns, target in PAIRS
        ),
    ]
