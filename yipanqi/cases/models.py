"""Submissions, as said and sealed, and cases, the matters that are handled."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.models import Matter, Seal, new_id
from yipanqi.organisations.models import Area, Category


class Anonymity(models.TextChoices):
    NAMED = "named"
    HIDDEN = "hidden"  # the intake unit knows, the handler never does
    ANONYMOUS = "anonymous"


class Channel(models.TextChoices):
    PORTAL = "portal"
    PHONE = "phone"
    VISIT = "visit"
    PAPER = "paper"
    API = "api"


class Reference(models.Model):
    """References in use. A table of its own: unique over all that bears one, however that may be partitioned."""

    code = models.CharField(max_length=12, primary_key=True)


class Submission(models.Model):
    """What one person said, as received: never edited, and not read by handlers, who read the case.

    Name, contact, place and the words themselves are sealed; `digest` is the salted commitment to the words that
    the first move repeats.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.OneToOneField(Reference, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    anonymity = models.CharField(max_length=10, choices=Anonymity.choices)
    received_at = models.DateTimeField()
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=32)
    has_contact = models.BooleanField()
    notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    recorded_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(anonymity__in=Anonymity.values), name="an_anonymity_is_known"),
            models.CheckConstraint(
                condition=~Q(anonymity="anonymous", has_contact=True),
                name="an_anonymous_voice_has_no_contact",
            ),
        ]


class TrackingSecret(models.Model):
    """A secret that opens tracking: a keyed hash, under a key outside the database. `issued_by` is the clerk who
    handed it out; null where the submitter alone has seen it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="secrets")
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(revoked_at__isnull=True),
                name="one_secret_is_valid_at_a_time",
            )
        ]


class Case(models.Model):
    """One matter being handled, with a text of its own, fit to be forwarded. `text` is empty until a clerk has
    cleared the words or written a summary."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    cleared = models.BooleanField(default=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True)
    round = models.PositiveSmallIntegerField(default=1)
    request = models.JSONField(default=dict)  # what an open request asks for, until it is decided
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(round__gte=1, round__lte=2), name="second_handling_is_once"),
            models.CheckConstraint(
                condition=Q(cleared=False) | Q(category__isnull=False, area__isnull=False),
                name="a_cleared_case_is_classified",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "area", "matter"], name="case_by_category_and_area")
        ]


class Verdict(models.Model):
    """What the submitter said of the answer of a round. Staff do not see it before the window has ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    grade = models.CharField(max_length=20)
    solved = models.BooleanField()
    pressed = models.BooleanField(default=False)
    at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    open_to_staff = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="one_verdict_a_round"),
            models.CheckConstraint(
                condition=Q(grade__in=["satisfied", "basically", "not_satisfied"]), name="a_grade_is_known"
            ),
        ]
        # Few among many.
        indexes: ClassVar = [
            models.Index(
                fields=["case"], condition=Q(open_to_staff=True, solved=False), name="verdict_not_solved"
            ),
            models.Index(
                fields=["case"], condition=Q(pressed=True, open_to_staff=True), name="verdict_pressed"
            ),
        ]


class ExternalRef(models.Model):
    """The number of the same case in another system of record (12345, the national petition system)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="external_refs")
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "number"], name="an_external_number_is_one_case")
        ]
