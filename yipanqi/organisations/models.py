"""Units with three parents, areas, categories, the duty list, posts, and the part a unit has in a matter."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from yipanqi.core.labels import pick
from yipanqi.core.models import Matter, new_id
from yipanqi.people.models import Account, Role


def _range(function: str, first: str, last: str, field: models.Field[Any, Any]) -> Func:
    """The range from one column up to and with another."""
    return Func(F(first), F(last), Value("[]"), function=function, output_field=field)


class Area(models.Model):
    """A place in the administrative division; `path` runs from the city down, e.g. `/3701/370102/`."""

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_index=True)
    # Where its middle is, in WGS84 degrees, as far as somebody said.
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-85, 85), longitude__range=(-180, 180)),
                name="an_area_has_a_whole_centre_or_none",
            )
        ]

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
    # Of the office on duty, never of a person: invitations go there (docs/adr/0036).
    mailbox = models.CharField(max_length=120, blank=True, default="", db_default="")
    # 机关代字: stands in the numbers of its documents in place of its name (GB/T 9704).
    word = models.CharField(max_length=20, blank=True, default="", db_default="")
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
            models.UniqueConstraint(
                fields=["word"],
                condition=Q(valid_to__isnull=True) & ~Q(word=""),
                name="a_word_names_one_living_unit",
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


class LawfulReviewer(models.Model):
    """A row of the table of lawful reviewers: who reviews (复查、复核) what a unit decided, and on which basis. Dated, and
    never rewritten; several hold for a unit where the law leaves the choice to the petitioner. That the reviewer is not
    under the unit is `reviewers.check`'s to see to: paths change when units move."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reviewers")
    reviewer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "reviewer"],
                condition=Q(valid_to__isnull=True),
                name="a_reviewer_of_a_unit_holds_once",
            ),
            models.CheckConstraint(condition=~Q(unit=F("reviewer")), name="nobody_reviews_their_own_opinion"),
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
            ),
            # What a stand-in's foreign key over the three points at.
            models.UniqueConstraint(fields=["id", "account", "duty"], name="a_post_is_one_accounts"),
        ]

    @property
    def post(self) -> str:
        return pick(self.post_zh, self.post_en)


class StandIn(models.Model):
    """That an account covers the post of an absent one, from a day up to and with another: it ends by itself, for each
    request looks at the day. `revoked_at`: it was ended early.

    `absent` and `duty` repeat the post's; foreign keys over pairs (see the migration) keep system, security and audit
    apart here as well.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="covers")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="stand_ins")
    absent = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="covered_by")
    duty = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField()
    basis = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="a_stand_in_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(account=F("absent")), name="nobody_stands_in_for_themselves"),
            models.CheckConstraint(condition=~Q(basis=""), name="a_stand_in_has_a_basis"),
            ExclusionConstraint(
                name="a_post_has_one_stand_in_at_a_time",
                expressions=[
                    # As ranges, for which PostgreSQL needs no extension.
                    (_range("int8range", "posting", "posting", BigIntegerRangeField()), "&&"),
                    (_range("daterange", "since", "until", DateRangeField()), "&&"),
                ],
                condition=Q(revoked_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "until"], condition=Q(revoked_at__isnull=True), name="stand_in_of_account"
            )
        ]


class Part(models.Model):
    """The part a unit has in a matter: it sent it on, leads, helps, or decides who leads. Former parts keep their end and its reason.

    `open` repeats the matter's: a foreign key over the pair (see the migration) keeps it so when the matter closes. Lists
    of open matters begin at it; without it they would read every part that a unit ever had.

    A co-unit may owe something: what it is `asked`, by when (`due_at`), and when it gave it (`done_at`). The date is
    the part's own and no Term: it is promised between units, no law counts it and no pause moves it, and a matter has
    as many of them as co-units. `problem`: it is asked because the work cannot go on without it.
    """

    SENDER, LEAD, CO, SUPERIOR = "sender", "lead", "co", "superior"

    # The foreign key over the pair says what one over the matter alone would.
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, related_name="parts", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parts", db_index=False)
    role = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    left_because = models.CharField(max_length=500, blank=True)
    open = models.BooleanField(default=True, db_default=True, editable=False)
    asked = models.CharField(max_length=500, blank=True, default="", db_default="")
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    problem = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=["sender", "lead", "co", "superior"]), name="a_part_is_known"
            ),
            models.CheckConstraint(
                condition=Q(problem=False) | Q(due_at__isnull=False), name="a_problem_is_owed_by_a_day"
            ),
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
            models.CheckConstraint(
                condition=Q(role="co") | Q(asked="", due_at__isnull=True), name="only_a_co_unit_owes_a_part"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(due_at__isnull=False), name="only_what_was_owed_is_done"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "matter"], condition=Q(until__isnull=True), name="part_of_unit"),
            models.Index(
                fields=["unit", "matter"], condition=Q(until__isnull=True, open=True), name="part_open"
            ),
            models.Index(fields=["matter"], name="part_of_matter"),
            # What co-units still owe, by date: their queue begins here.
            models.Index(
                fields=["unit", "due_at", "matter"],
                condition=Q(until__isnull=True, open=True, done_at__isnull=True, due_at__isnull=False),
                name="part_owed",
            ),
            models.Index(
                fields=["matter"],
                condition=Q(role="lead", until__isnull=False, open=True),
                name="part_given_back",
            ),
        ]


class Bar(models.Model):
    """That a matter is shut to a side: to a unit with all that lies below it, or to an account wherever it works.

    `key` is a keyed hash of the unit's code or of the account (barring.py): whoever reads the table does not learn who is
    accused. No part and no column of the case: a matter has several, and a part says who may, not who must not.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="bars", db_index=False)
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "key"], name="a_side_is_barred_once")
        ]
        indexes: ClassVar = [models.Index(fields=["key", "matter"], name="bar_by_key")]
