"""Units with three parents, areas, categories, the duty list, posts, and the part a unit has in a matter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yipanqi.core.labels import pick
from yipanqi.core.models import Matter, new_id
from yipanqi.people.models import Account, Role


class Area(models.Model):
    """A place in the administrative division; `path` runs from the city down, e.g. `/3701/370102/`."""

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_index=True)

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class Unit(models.Model):
    """A unit, with the parent of the statistics code, the one that manages it, and the professional one.

    Permissions follow `path`, the managing order (代管).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="units")
    administrative = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    managing = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    professional = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=300)
    telephone = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="a_code_names_one_living_unit"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="a_unit_ends_after_it_began",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["path"], name="unit_path", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class Category(models.Model):
    """What a matter is about: a tree, dated, that an administrator changes."""

    code = models.CharField(max_length=60, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class Duty(models.Model):
    """One line of the duty list: this category in this area is this unit's, and why. The nearest area wins."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="duties")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="duties")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    basis = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "area"],
                condition=Q(valid_to__isnull=True),
                name="a_duty_in_an_area_is_one_units",
            )
        ]


class Posting(models.Model):
    """That an account holds a role at a unit and below, from a day on. `in_charge`: the unit's responsible person.

    `duty` repeats the account's and the role's; two foreign keys over pairs (see the migration) make an account whose
    roles belong to two duties impossible.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    duty = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings")
    post_zh = models.CharField(max_length=60)
    post_en = models.CharField(max_length=80)
    in_charge = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=Q(valid_to__isnull=True),
                name="an_account_holds_a_role_at_a_unit_once",
            )
        ]

    @property
    def post(self) -> str:
        return pick(self.post_zh, self.post_en)


class Part(models.Model):
    """The part a unit has in a matter: it sent it on, leads, or helps. Former parts keep their end and its reason.

    `open` repeats the matter's: a foreign key over the pair (see the migration) keeps it so when the matter closes. Lists
    of open matters begin at it; without it they would read every part that a unit ever had.
    """

    SENDER, LEAD, CO = "sender", "lead", "co"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parts")
    role = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    left_because = models.CharField(max_length=500, blank=True)
    open = models.BooleanField(default=True, db_default=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=["sender", "lead", "co"]), name="a_part_is_known"),
            models.UniqueConstraint(
                fields=["matter", "role"],
                condition=Q(role__in=["sender", "lead"], until__isnull=True),
                name="one_lead_unit_and_one_sender",
            ),
            models.UniqueConstraint(
                fields=["matter", "unit", "role"],
                condition=Q(until__isnull=True),
                name="a_unit_has_a_part_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "matter"], condition=Q(until__isnull=True), name="part_of_unit"),
            models.Index(
                fields=["unit", "matter"], condition=Q(until__isnull=True, open=True), name="part_open"
            ),
            models.Index(fields=["matter"], name="part_of_matter"),
        ]
