"""What the desk keeps beside the work, to make it quicker: none of it is a record, and all of it goes away again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.models import Matter, new_id
from yipanqi.organisations.models import Unit
from yipanqi.people.models import Account


class Typed(models.Model):
    """What somebody has typed into the form of a step and not sent yet. `sealed` opens only with a key that lies outside
    the database: a dump shows that somebody was writing, and no word of it. It goes when the step is taken, when its
    writer throws it away, or after a fortnight."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=40)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "matter", "step"], name="what_was_typed_for_a_step_is_kept_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="typed_at")]


class Presence(models.Model):
    """That somebody has a matter open now. Never a track of a person (trust-and-ux §7, H4): one row, overwritten by each
    sign of life, without effect after 45 seconds and deleted within the minute after; nothing counts, logs or keeps it,
    and it is told by unit and post to those alone who have a part in the matter as well."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+")
    writing = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "matter"], name="somebody_is_at_a_matter_once")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="presence_at")]


class SavedView(models.Model):
    """Filters of the queue or of a search under a name, for one account or for everybody at a unit. `query` is what the
    filters say in an address, written by the list itself; it is read again as an address is, so it shows nobody more than
    they find. `sealed`: the words of a search, which open only with a key that lies outside the database; null: it is the
    queue's."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(unit__isnull=True),
                name="a_view_is_an_account_s_or_a_unit_s",
            ),
            models.UniqueConstraint(
                fields=["account", "unit", "name"], nulls_distinct=False, name="a_view_is_called_once"
            ),
        ]


class HeldOrder(models.Model):
    """A step on several matters that was ordered and is held for some seconds, so that it can be undone. Until it runs
    nothing has moved and nobody was told. `answers` by matter; `left` are those that could not follow when it ran, with
    the reason, for whoever ordered it; the row goes after a day."""

    HELD, DONE, UNDONE = "held", "done", "undone"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    answers = models.JSONField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=HELD)
    left = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["held", "done", "undone"]), name="an_order_is_held_done_or_undone"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="order_due")]
