"""Decomposition plans: which units are asked about their roles, what they say, and what is decided where they dispute."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.models import Matter
from yipanqi.organisations.models import Unit


class Plan(models.Model):
    """The decomposition plan (分解方案) of a conference: the drafted tasks of one sender, consulted on and issued at once.
    Which tasks stand in it says `Task.plan`, from the consultation on. `document_number` is empty until it is issued."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True)
    conference = models.ForeignKey("meetings.Conference", on_delete=models.PROTECT, related_name="plans")
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="a_plan_has_a_title"),
            models.CheckConstraint(
                condition=Q(document_number="", issued_on__isnull=True)
                | (~Q(document_number="") & Q(issued_on__isnull=False)),
                name="a_plan_has_its_document_number_once_it_is_issued",
            ),
            models.UniqueConstraint(
                fields=["document_number"],
                condition=~Q(document_number=""),
                name="a_document_number_is_one_plans",
            ),
        ]


class Opinion(models.Model):
    """What one unit is asked of a plan and what it says: once, for all of its roles in it. Silence is no consent: an
    `answer` that is empty stays empty. `due_on` is the day of what it was asked last; only leads sign."""

    AGREES, DISPUTES = "agrees", "disputes"
    SIGNS, OBJECTS = "signs", "objects"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="opinions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    due_on = models.DateField()
    answer = models.CharField(max_length=10, blank=True)
    signature = models.CharField(max_length=10, blank=True)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "unit"], name="a_unit_is_asked_of_a_plan_once"),
            models.CheckConstraint(
                condition=Q(answer__in=["", "agrees", "disputes"]), name="a_unit_agrees_or_disputes"
            ),
            models.CheckConstraint(
                condition=Q(signature__in=["", "signs"]) | (Q(signature="objects") & ~Q(remark="")),
                name="a_unit_signs_or_says_why_not",
            ),
        ]


class Dispute(models.Model):
    """That a unit disputes its role in a task of a plan, whom it names `instead`, and what was decided, with the reason."""

    UPHELD, REJECTED, DROPPED = "upheld", "rejected", "dropped"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="disputes")
    number = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey("meetings.Task", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000)
    instead = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=10, blank=True)
    because = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="disputes_of_a_plan_are_numbered"),
            models.UniqueConstraint(
                fields=["plan", "unit", "task"], condition=Q(decision=""), name="a_role_is_disputed_once"
            ),
            models.CheckConstraint(condition=Q(role__in=["lead", "co"]), name="a_dispute_is_about_a_role"),
            models.CheckConstraint(
                condition=Q(decision="", because="")
                | (Q(decision__in=["upheld", "rejected", "dropped"]) & ~Q(because="")),
                name="a_dispute_is_decided_with_a_reason",
            ),
        ]
