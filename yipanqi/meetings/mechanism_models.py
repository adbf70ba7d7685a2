"""Coordination mechanisms with their members."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.labels import pick
from yipanqi.organisations.models import Unit


class Mechanism(models.Model):
    """A coordination mechanism (协调机制): by which rules, since when, and which unit convenes it. What its members cannot
    settle among themselves is raised to the convener; its meetings are conferences."""

    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    members = models.ManyToManyField(Unit, through="Member", related_name="+")
    rules = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(rules=""), name="a_mechanism_has_name_and_rules"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(valid_to__isnull=True), name="a_living_mechanism_has_its_name"
            ),
        ]

    def __str__(self) -> str:
        return pick(self.name, self.name_en)


class Member(models.Model):
    """That a unit belongs to a mechanism; the one that convenes it is no member besides."""

    mechanism = models.ForeignKey(Mechanism, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    does = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mechanism", "unit"], name="a_unit_is_a_member_once")
        ]
