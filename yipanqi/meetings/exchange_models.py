"""Exchanges of experience (交流发言): that a unit told the others, and what, once it is cleared for sharing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.organisations.models import Unit


class Exchange(models.Model):
    """That a unit told the others of its experience: as the report names it, and ours where it is known. What it told is
    kept as a case that others can reuse once somebody has cleared it: `shared_at` and `shared_by` say when and who."""

    conference = models.ForeignKey("Conference", on_delete=models.PROTECT, related_name="exchanges")
    number = models.PositiveSmallIntegerField()
    speaker = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    title = models.CharField(max_length=60, blank=True, default="", db_default="")
    theme = models.CharField(max_length=30, blank=True, default="", db_default="")
    text = models.TextField(blank=True, default="", db_default="")
    shared_at = models.DateTimeField(null=True)
    shared_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conference", "number"], name="exchanges_of_a_conference_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True, shared_by__isnull=True, text="")
                | (Q(shared_at__isnull=False, shared_by__isnull=False) & ~Q(text="") & ~Q(title="")),
                name="what_is_shared_was_cleared",
            ),
        ]
