"""Rollups: what figures are read from, so that a page costs the same over ten thousand cases and over a million.

All rows here are derived: `actions.advance` brings them up to the log, and they could be made anew from nothing.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from yipanqi.core.models import Matter
from yipanqi.meetings.models import Line
from yipanqi.organisations.models import Area, Category, Unit

#: What is counted of a case; each is 0 or 1 in a `Standing` and a sum in a `Tally`.
COUNTS = ("open", "on_hold", "closed", "timed", "in_time", "judged", "solved")


class Standing(models.Model):
    """How one case (order, suggestion or claim) counts now: where it belongs, and into which figures it has gone (0 or 1 each).

    `unit` answers for it: its lead or, before it has one, its sender. `due_at` is set while it waits for a unit.
    `timed`: closed with a limit for the answer; `in_time`: no such limit was missed; `judged`: closed with a verdict
    that staff may see and that says whether it is solved (a suggestion's does not); `solved`: the last such one says so.
    What is joined to another counts these two alone.
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    open = models.SmallIntegerField(default=0)
    on_hold = models.SmallIntegerField(default=0)
    closed = models.SmallIntegerField(default=0)
    timed = models.SmallIntegerField(default=0)
    in_time = models.SmallIntegerField(default=0)
    judged = models.SmallIntegerField(default=0)
    solved = models.SmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="standing_due")
        ]

    @property
    def place(self) -> tuple[str, str, UUID]:
        """Which row of the tally it counts in."""
        return self.category_id, self.area_id, self.unit_id

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name in COUNTS)


class Tally(models.Model):
    """The sums of all standings of a category in an area at a unit."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    open = models.IntegerField(default=0)
    on_hold = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    timed = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    judged = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "area", "unit"], name="a_category_in_an_area_is_tallied_once_a_unit"
            ),
            # A sum below nought would mean that a case was taken out twice: better an error than a wrong figure.
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in COUNTS}), name="a_tally_is_never_below_nought"
            ),
        ]


class TaskStanding(models.Model):
    """Where one task counts, and its light at every moment (`meetings.lights.Turns`): figures of a hundred thousand tasks
    are one pass over these narrow rows, and are right on every day without a job at midnight.

    `unit` leads it or, as long as it is a draft, sends it.
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    shade = models.CharField(max_length=10)
    yellow_on = models.DateField(null=True)
    red_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_on", "matter"], name="task_standing_due")]


class TaskHelp(models.Model):
    """That a unit helps another with a task that is under way: what joint work is counted from."""

    task = models.ForeignKey(TaskStanding, on_delete=models.CASCADE, related_name="helps", db_index=False)
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "unit"], name="a_unit_helps_with_a_task_once")
        ]


class Rated(models.Model):
    """That a claim counts in a rate of a unit, from the day after `day` on, and whether it counts in the numerator: what stands
    behind each number (insight/rates.py). `of`: the unit as who handled it or as the petition office; `above`: it came from
    a superior organ. A `Standing` could not carry it: a claim is one row there, at one unit, and has no day."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", db_index=False)
    rate = models.CharField(max_length=10)
    of = models.CharField(max_length=8)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    above = models.BooleanField()
    good = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "rate", "of"], name="a_claim_is_rated_once_of_each")
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "rate", "of", "day"], name="rated_behind")]


class RateTally(models.Model):
    """The sums of what is rated: numerator and denominator of a rate of a unit on a day."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    rate = models.CharField(max_length=10)
    of = models.CharField(max_length=8)
    day = models.DateField()
    above = models.BooleanField()
    good = models.IntegerField(default=0)
    total = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "unit", "rate", "of", "above"], name="a_rate_is_tallied_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(good__gte=0, total__gte=models.F("good")), name="a_rate_is_a_part_of_a_whole"
            ),
        ]


class PublicFigure(models.Model):
    """What anybody may read of one category at the top of the list, as it was last released (insight/public.py): a number of
    fewer than five is kept as nought. Read from the tally, each look would tell what happened since the one before."""

    category = models.OneToOneField(Category, on_delete=models.PROTECT, primary_key=True, related_name="+")
    at = models.DateTimeField()
    open = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    timed = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    judged = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)


class Cursor(models.Model):
    """Up to which leaf of the log the rollups have counted, and when. Its one row is the lock of the one writer."""

    name = models.CharField(max_length=20, primary_key=True)
    leaf = models.BigIntegerField(default=-1)
    at = models.DateTimeField(null=True)
