"""That a message may go to the duty mailbox of a unit."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import PROTECT, Q

TO_ONE = models.CheckConstraint(
    condition=Q(submission__isnull=False, unit__isnull=True)
    | Q(submission__isnull=True, unit__isnull=False, channel="email"),
    name="a_message_goes_to_one",
)
ONCE = models.UniqueConstraint(
    fields=["move", "channel", "unit"], nulls_distinct=False, name="a_move_is_one_message_to_each"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("notices", "0005_notice_left"), ("organisations", "0009_unit_mailbox")]

    operations: ClassVar = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AddField(
            "message",
            "unit",
            models.ForeignKey("organisations.unit", PROTECT, db_index=False, null=True, related_name="+"),
        ),
        migrations.AlterField(
            "message",
            "submission",
            models.ForeignKey("cases.submission", PROTECT, db_index=False, null=True, related_name="+"),
        ),
        migrations.AddConstraint("message", ONCE),
        # The new one stands before the old one goes: nobody is told twice in between.
        migrations.RemoveConstraint("message", "a_move_is_one_message_a_channel"),
        AddConstraintNotValid("message", TO_ONE),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
        ValidateConstraint("message", TO_ONE.name),
    ]
