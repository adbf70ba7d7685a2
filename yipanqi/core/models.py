"""What the engine knows of anything that runs by a procedure, and the ledger, calendar and seals it stands on.

Ids are UUIDv7 made in Python, except where an order would say something about a person: seals have random ids.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from uuid6 import uuid7

from yipanqi.core.labels import pick


def new_id() -> uuid.UUID:
    """A time-ordered id (UUIDv7)."""
    return uuid.UUID(int=uuid7().int)


def id_of_time(at: dt.datetime | None) -> uuid.UUID:
    """An id (UUIDv7, RFC 9562) for something of the past, in its place among the others; of no time: before all."""
    ms = int(at.timestamp() * 1000) if at is not None and at.timestamp() > 0 else 0
    drawn = secrets.randbits(74)
    return uuid.UUID(int=ms << 80 | 0x7 << 76 | (drawn >> 62) << 64 | 0b10 << 62 | drawn & (1 << 62) - 1)


def time_of_id(key: uuid.UUID) -> dt.datetime | None:
    """The time that such an id was made of; None where none was known."""
    ms = key.int >> 80
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC) if ms else None


class ProcedureState(models.Model):
    """The states that procedures know: a matter's state, and whether it is open, must be one of them."""

    procedure = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    open = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["procedure", "version", "code", "open"], name="a_state_is_known_once"
            )
        ]


class Matter(models.Model):
    """Anything that runs by a procedure; a case and a task are each one-to-one with one.

    `holder` is the unit whose move it is (null: the submitter, or nobody); `due_at` is when the earliest running
    limit ends that somebody has to meet (`terms.pressing`). The hot lists read this table alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=40)
    open = models.BooleanField(default=True)
    pending = models.CharField(max_length=40, blank=True, default="")
    holder = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    moves_count = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=b"")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(open=True, closed_at__isnull=True) | Q(open=False, closed_at__isnull=False),
                name="a_matter_is_closed_at_a_time_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(open=True) | Q(holder__isnull=True, due_at__isnull=True, pending=""),
                name="a_closed_matter_waits_for_nobody",
            ),
            # What a part's foreign key over the pair points at (organisations, migration 0003).
            models.UniqueConstraint(fields=["id", "open"], name="a_matter_is_open_or_is_not"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder", "due_at", "id"], condition=Q(open=True), name="matter_queue"),
            models.Index(fields=["due_at", "id"], condition=Q(open=True), name="matter_due"),
            models.Index(fields=["procedure", "state", "id"], condition=Q(open=True), name="matter_state"),
            models.Index(
                fields=["due_at", "id"], condition=Q(open=True) & ~Q(pending=""), name="matter_pending"
            ),
            models.Index(fields=["closed_at", "id"], condition=Q(open=False), name="matter_closed"),
        ]


class Move(models.Model):
    """One append-only row of a matter's history, chained by hash. No role but the owner can change or delete it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="moves", db_index=False)
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor_role = models.CharField(max_length=20)
    actor_account = models.UUIDField(null=True)
    actor_unit = models.UUIDField(null=True)
    commitment = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    algorithm = models.CharField(max_length=20, default="sha256-1")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "number"], name="moves_of_a_matter_are_numbered")
        ]


class MovePayload(models.Model):
    """What was said in a move: canonical JSON and the salt of its commitment. Can be erased by law."""

    move = models.OneToOneField(Move, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField(max_length=32)
    body = models.TextField()


class Erasure(models.Model):
    """That a payload was erased, when and on which basis."""

    move = models.OneToOneField(Move, on_delete=models.PROTECT, primary_key=True)
    at = models.DateTimeField()
    basis = models.CharField(max_length=200)


class Unsequenced(models.Model):
    """Moves that have no leaf number yet: written with the move, taken away by the sequencer."""

    move = models.OneToOneField(Move, on_delete=models.PROTECT, primary_key=True)


class Leaf(models.Model):
    """The place of a committed move in the log (RFC 6962)."""

    number = models.BigIntegerField(primary_key=True)
    move = models.OneToOneField(Move, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gte=0), name="leaves_count_from_nought")
        ]


class Checkpoint(models.Model):
    """A signed size and root of the log; the line in the file outside the database is what `verify` trusts."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    frontier = models.BinaryField()
    signature = models.BinaryField()


class Limit(models.Model):
    """A dated row: how long a term of a procedure is from a day on, and why. The latest not after the day holds."""

    CALENDAR, WORKING, MONTHS = "calendar_days", "working_days", "months"
    UNITS = (CALENDAR, WORKING, MONTHS)

    procedure = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    valid_from = models.DateField()
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=[(unit, unit) for unit in UNITS])
    roll = models.BooleanField(default=True)
    practice = models.BooleanField()
    # From this day on the limit does not run: only one that no law sets can be off.
    off = models.BooleanField(default=False, db_default=False)
    basis_zh = models.CharField(max_length=200)
    basis_en = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(off=False) | Q(practice=True), name="only_a_limit_of_practice_is_off"
            ),
            models.UniqueConstraint(
                fields=["procedure", "code", "valid_from"], name="one_limit_a_term_from_a_day"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="a_limit_is_at_least_a_day"),
        ]

    @property
    def basis(self) -> str:
        return pick(self.basis_zh, self.basis_en)


class Term(models.Model):
    """One running time limit with its derivation stored, so that every due date can explain itself."""

    RUNNING, PAUSED, MET, LAPSED, DROPPED = "running", "paused", "met", "lapsed", "dropped"
    STATES = (RUNNING, PAUSED, MET, LAPSED, DROPPED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(max_length=40)
    limit = models.ForeignKey(Limit, on_delete=models.PROTECT, db_index=False)
    started_by = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="started", db_index=False)
    day0 = models.DateField()
    amount = models.PositiveSmallIntegerField()
    extended = models.PositiveSmallIntegerField(default=0)
    unit = models.CharField(max_length=20)
    own_date = models.BooleanField(default=False)
    due_raw = models.DateField(null=True)
    due_effective = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    paused_days = models.PositiveSmallIntegerField(default=0)
    provisional = models.BooleanField(default=False)
    calendar_version = models.CharField(max_length=80)
    derivation = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=RUNNING)
    late = models.BooleanField(default=False)
    ended_by = models.ForeignKey(
        Move, on_delete=models.PROTECT, related_name="ended", null=True, db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "met", "lapsed", "dropped"]),
                name="a_term_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], ended_at__isnull=True)
                | Q(state__in=["met", "lapsed", "dropped"], ended_at__isnull=False),
                name="a_term_ends_at_a_time_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(state="paused", due_at__isnull=True)
                | (~Q(state="paused") & Q(due_at__isnull=False) | Q(state__in=["met", "dropped"])),
                name="a_paused_term_has_no_due_date",
            ),
            models.UniqueConstraint(
                fields=["matter", "code"],
                condition=Q(state__in=["running", "paused"]),
                name="a_term_runs_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["code", "due_at", "id"], condition=Q(state="running"), name="term_running"),
            models.Index(
                fields=["id"], condition=Q(state="running", provisional=True), name="term_provisional"
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.state == self.RUNNING


class TermPause(models.Model):
    """From which day to which a term did not run. Days after `since` up to and with `until` are not counted."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField()
    until = models.DateField(null=True)
    began_by = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_by = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="a_pause_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["term"], condition=Q(until__isnull=True), name="a_term_has_one_open_pause"
            ),
        ]


class CalendarNotice(models.Model):
    """A published holiday notice for a year. The highest version of a year is in force."""

    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    published_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "version"], name="notices_of_a_year_are_numbered")
        ]


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a weekend day on which people work."""

    notice = models.ForeignKey(CalendarNotice, on_delete=models.PROTECT, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "date"], name="a_notice_says_one_thing_of_a_day"),
            models.CheckConstraint(
                condition=Q(kind__in=["workday", "weekend", "holiday", "makeup_workday"]),
                name="a_day_is_of_a_known_kind",
            ),
        ]


class Recount(models.Model):
    """How far the open terms have been counted anew after a notice: matter by matter in the order of their ids, so that
    it goes on after `after` whenever it was interrupted. `total` is what there was to do when it began."""

    notice = models.OneToOneField(CalendarNotice, on_delete=models.PROTECT, primary_key=True)
    since = models.DateField()
    after = models.UUIDField(null=True)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)


class Seal(models.Model):
    """A data key of its own for one person's particulars, or for the papers of one matter of staff, wrapped by a key
    outside the database.

    The id is random and there is no time: nothing here ties an anonymous person to a case. Dropping the wrapped key
    erases what it sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    algorithm = models.CharField(max_length=20)
    key_id = models.CharField(max_length=40)
    wrapped = models.BinaryField(null=True)

    # No column: the box of a seal that this process has just made, for what is locked with it besides.
    box: Any = None

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key_id"], name="seal_key")]


class SealedText(models.Model):
    """One sealed field. The ciphertext is bound to its seal and its name; `index` serves equality search."""

    pk = models.CompositePrimaryKey("seal_id", "name")
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="texts", db_index=False)
    name = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    index = models.BinaryField(max_length=32, null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["index"], condition=Q(index__isnull=False), name="sealed_index")
        ]


class AccessLog(models.Model):
    """Who saw what, append-only: account, surface, page, matter, fields. Never what stood there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    account = models.UUIDField(null=True)
    page = models.CharField(max_length=80)
    matter = models.UUIDField(null=True)
    fields = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="access_by_account"),
            models.Index(fields=["matter", "at"], condition=Q(matter__isnull=False), name="access_to_matter"),
            models.Index(fields=["at"], condition=Q(page="refused"), name="access_refused"),
        ]


class Attempt(models.Model):
    """How often something was tried in a window of time; the key is a keyed hash, kept for days."""

    key = models.BinaryField(max_length=32)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "window"], name="attempts_are_counted_once")
        ]


class LexemesField(models.TextField):  # type: ignore[type-arg]  # not generic where it runs
    """A tsvector that the application fills and nothing but the database reads."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"


class SearchEntry(models.Model):
    """What of a matter is searched: its reference, and its title and text as they are handled, folded (text/grams.py).

    Never the words of a submission, nothing of a person. `lexemes` are the characters and pairs of characters of both;
    those of the reference begin with `#`, for who may find a matter and not read it is answered by them alone.
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True, related_name="entry")
    reference = models.CharField(max_length=80)
    body = models.TextField(blank=True)
    lexemes = LexemesField(editable=False)

    class Meta:
        indexes: ClassVar = [
            # What was written since the index was last brought up to date is read by every search: little of it.
            GinIndex(fields=["lexemes"], name="search_lexemes", gin_pending_list_limit=256)
        ]


class Change(models.Model):
    """The audit row of a change to what stands outside matters: units, duties, limits, calendars, posts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    account = models.UUIDField(null=True)
    what = models.CharField(max_length=60)
    object_id = models.CharField(max_length=80)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["what", "object_id", "id"], name="change_of_object")]
