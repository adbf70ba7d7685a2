"""Submissions, as said and sealed, and cases, the matters that are handled."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yipanqi.core.labels import pick
from yipanqi.core.models import Matter, Move, Seal, new_id
from yipanqi.files.models import File
from yipanqi.organisations.models import Area, Category, Unit

# An order is handled twice at most (its procedure sees to it), a claim once more each time a review revokes its opinion.
MOST_ROUNDS = 9


class Anonymity(models.TextChoices):
    NAMED = "named"
    HIDDEN = "hidden"  # the intake unit knows, the handler never does
    HANDLER_ONLY = "handler_only"  # the intake unit and the handler know, the side complained of never does
    ANONYMOUS = "anonymous"


def anonymities(kind: str) -> tuple[Anonymity, ...]:
    """How one can be known with a kind of voice. Whoever decides a claim must hear its claimant and serve them
    (domain §0): hidden from the handler cannot be promised there, hidden from the other side can."""
    hidden = Anonymity.HANDLER_ONLY if kind == "claim" else Anonymity.HIDDEN
    return (Anonymity.NAMED, hidden, Anonymity.ANONYMOUS)


class Relation(models.TextChoices):
    """What somebody is to the person for whom they speak. Whoever speaks for themselves has no mandate."""

    HELPER = "helper"  # the person concerned knows and agrees
    GUARDIAN = "guardian"


class How(models.TextChoices):
    """How it was said that somebody may speak for another."""

    DECLARED = "declared"  # on the portal, by whoever filed
    WRITTEN = "written"  # a written mandate, or a paper that shows who the guardian is
    PRESENT = "present"  # the person concerned was there
    ORAL = "oral"


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
    anonymity = models.CharField(max_length=12, choices=Anonymity.choices)
    received_at = models.DateTimeField(null=True)  # unknown of what is long past alone
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=32)
    has_contact = models.BooleanField()
    notice_version = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    recorded_by = models.UUIDField(null=True)

    # No column: which ways to reach the person were left, where this process has just sealed them; None elsewhere.
    left: frozenset[str] | None = None

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(anonymity__in=Anonymity.values), name="an_anonymity_is_known"),
            models.CheckConstraint(
                condition=~Q(anonymity="anonymous", has_contact=True),
                name="an_anonymous_voice_has_no_contact",
            ),
            models.CheckConstraint(
                condition=Q(kind="claim", anonymity__in=anonymities("claim"))
                | (~Q(kind="claim") & Q(anonymity__in=anonymities(""))),
                name="handler_only_stands_for_hidden_with_a_claim",
            ),
        ]


class Mandate(models.Model):
    """That a submission was filed for somebody else. Who they are is sealed with its words.

    No column of the submission, which most file for themselves; that it ended is a row of its own. `rules`: the
    version of the rules for children's data to which a guardian consented.
    """

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="mandate"
    )
    relation = models.CharField(max_length=10, choices=Relation.choices)
    how = models.CharField(max_length=10, choices=How.choices)
    rules = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="a_relation_is_known"),
            models.CheckConstraint(condition=Q(how__in=How.values), name="how_a_mandate_was_given_is_known"),
            models.CheckConstraint(
                condition=~Q(relation="guardian", rules=""), name="a_guardian_consents_to_a_version"
            ),
        ]

    @property
    def ended(self) -> bool:
        """Whether whoever filed it may no longer be told, called or shown it."""
        return getattr(self, "end", None) is not None


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


class MandateEnd(models.Model):
    """That the person concerned (or whoever may now speak for them) has taken a submission over, with all its cases.
    `secret` opens nothing any more. A row, for the portal can put rows in and change none: a captured portal must not
    bring a void secret back."""

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, primary_key=True, related_name="end")
    at = models.DateTimeField()
    secret = models.ForeignKey(TrackingSecret, on_delete=models.PROTECT, null=True, related_name="+")


class Case(models.Model):
    """One matter being handled, with a text of its own, fit to be forwarded. `text` is empty until a clerk has
    cleared the words or written a summary. `open` repeats the matter's, as `Part.open` does."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    cleared = models.BooleanField(default=False)
    # Whether the point on the map, where one was sealed with the words, goes with the text to whoever handles the case.
    point_goes = models.BooleanField(default=False, db_default=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True)
    round = models.PositiveSmallIntegerField(default=1)
    request = models.JSONField(default=dict)  # what an open request asks for, until it is decided
    outcome = models.CharField(max_length=20, blank=True)
    route = models.CharField(
        max_length=12, blank=True, default="", db_default=""
    )  # of Art. 31, once somebody said which
    call_after = models.DateTimeField(
        null=True
    )  # before then the submitter is not called back about the answer
    # Handled together with its head. A foreign key over the pair (see migration 0009) has it point at a case that
    # stands by itself, so that there are no chains and nobody is joined to itself.
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="joined",
        db_constraint=False,
        db_index=False,
    )
    stands = models.BooleanField(default=True, db_default=True, editable=False)
    head_stands = models.BooleanField(default=True, db_default=True, editable=False)
    open = models.BooleanField(default=True, db_default=True, editable=False)
    # A review (rung 1) points at the claim that it reviews (rung 0), a second one (2) at the first. A foreign key over
    # the three (see migration 0017) has it point one rung down and at a case of the same submission.
    reviews = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reviewed_by",
        db_constraint=False,
        db_index=False,
    )
    rung = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    reviewed_rung = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(round__gte=1, round__lte=MOST_ROUNDS), name="a_round_is_one_of_a_few"
            ),
            models.CheckConstraint(
                condition=Q(rung=0, reviews__isnull=True, reviewed_rung__isnull=True)
                | Q(
                    rung__in=(1, 2),
                    reviews__isnull=False,
                    reviewed_rung__isnull=False,
                    reviewed_rung=F("rung") - 1,
                ),
                name="a_review_stands_one_rung_up",
            ),
            models.UniqueConstraint(
                fields=["reviews"],
                condition=Q(reviews__isnull=False, open=True),
                name="one_review_of_a_case_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["matter", "rung", "submission"], name="a_case_stands_on_one_rung"
            ),
            models.CheckConstraint(
                condition=Q(cleared=False) | Q(category__isnull=False, area__isnull=False),
                name="a_cleared_case_is_classified",
            ),
            models.CheckConstraint(
                condition=Q(joined_to__isnull=True, stands=True) | Q(joined_to__isnull=False, stands=False),
                name="a_case_stands_or_is_joined",
            ),
            models.CheckConstraint(condition=Q(head_stands=True), name="a_head_always_stands"),
            models.UniqueConstraint(fields=["matter", "stands"], name="a_case_stands_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["joined_to"], condition=Q(joined_to__isnull=False), name="case_joined"),
            models.Index(fields=["reviews"], condition=Q(reviews__isnull=False), name="case_reviews"),
            models.Index(fields=["category", "area", "matter"], name="case_by_category_and_area"),
            models.Index(fields=["category", "matter"], condition=Q(open=True), name="case_open_category"),
            models.Index(fields=["area", "matter"], condition=Q(open=True), name="case_open_area"),
        ]


class StatutoryPath(models.Model):
    """A line of a department's list of statutory paths (法定途径清单): for which claims the law has another path, where it
    begins and by when. Dated, and never rewritten: what a letter went by can still be read. `code` is the list's own."""

    code = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="statutory_paths")
    path = models.CharField(max_length=12)  # which of Art. 31 (1) to (4)
    matter = models.CharField(max_length=100)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    where = models.CharField(max_length=500)
    how = models.TextField(max_length=2000)
    by_when = models.CharField(max_length=500)
    basis = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="a_statutory_path_holds_once"
            )
        ]

    def __str__(self) -> str:
        return self.matter


class CaseFile(models.Model):
    """A file of the submission that goes with the text to whoever handles the case. Each case has its own, those that
    were split off too; what is in none stays with intake."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="released")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "file"], name="a_file_goes_with_a_case_once")
        ]


class ReasonCode(models.Model):
    """A reason that somebody chooses for a grade or for an exclusion from evaluation. Dated, and never rewritten: other words
    are another row. A `Category` could not carry it, for cases are classified and routed by those."""

    SERIES = ("handler", "office", "exclusion")

    series = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "code"], condition=Q(valid_to__isnull=True), name="a_reason_holds_once"
            ),
            models.CheckConstraint(
                condition=Q(series__in=["handler", "office", "exclusion"]), name="a_series_is_known"
            ),
        ]

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class Verdict(models.Model):
    """What the submitter said of the answer of a round, and of whom: the unit that had the power to handle it, and of a claim
    the petition office as well. Staff do not see it before the window has ended."""

    HANDLER, OFFICE = "handler", "office"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    of = models.CharField(max_length=8, default=HANDLER, db_default=HANDLER)
    grade = models.CharField(max_length=20)
    why = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    solved = models.BooleanField(
        null=True
    )  # null where the procedure does not ask: a suggestion is not a problem
    pressed = models.BooleanField(default=False)
    at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    open_to_staff = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round", "of"], name="one_verdict_a_round_of_each"),
            # Whether it is solved, and whether somebody pressed, is said once: of who handled it.
            models.CheckConstraint(
                condition=Q(of="handler") | Q(of="office", solved__isnull=True, pressed=False),
                name="the_office_is_graded_alone",
            ),
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


class Publication(models.Model):
    """What everybody may read of a case, as somebody wrote it to be published. It rests on a consent, which is a move of
    the case, and says nothing of its submitter nor of who published it.

    `number` is random and leads from the public page to no case; it is another one each time the case is published anew.
    What figures say of the case, and how many working days it took, is kept as it was when published.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="publication")
    consent = models.OneToOneField(Move, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=60)
    said = models.TextField()
    came_of_it = models.TextField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()  # the first of that in which the answer was served
    working_days = models.PositiveSmallIntegerField()
    solved = models.BooleanField(null=True)  # as the submitter said, where they said so and were asked
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("published_at")),
                name="a_publication_ends_after_it_began",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_publication_tells_the_month_alone"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-published_at", "number"],
                condition=Q(withdrawn_at__isnull=True),
                name="publication_newest",
            )
        ]


class CallRequest(models.Model):
    """That somebody asks to be telephoned: with a case of theirs, or before there is one.

    Number, name and words are sealed, and their key is dropped with the outcome: nobody needs the number afterwards. The
    id is random: whoever knows one finds no other. `taken_by` is the unit that saw to it, never a person.
    """

    SETTLED, CASE, DECLINED, NOT_REACHED = "settled", "case", "declined", "not_reached"
    MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    suits = models.CharField(max_length=10, blank=True)  # when; empty: any time
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    call_after = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    closed_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True, taken_by__isnull=True)
                | Q(
                    outcome__in=["settled", "case", "declined", "not_reached"],
                    closed_at__isnull=False,
                    taken_by__isnull=False,
                ),
                name="a_call_is_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(suits__in=["", "morning", "afternoon", "evening"]), name="a_time_of_day_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at", "id"], condition=Q(closed_at__isnull=True), name="call_waiting")
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
