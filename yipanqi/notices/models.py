"""Who is told of what: notices of units, messages to submitters, and the texts of these.

A submitter's own notices are the timeline that tracking shows: there is no second one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yipanqi.cases.models import Submission
from yipanqi.core.labels import pick
from yipanqi.core.models import Matter, Move, new_id
from yipanqi.organisations.models import Category, Unit
from yipanqi.people.models import Account


class Notice(models.Model):
    """That a unit is told of a move. Nothing of what the move says stands here: a reader meets it at the gate. `left`: the
    unit lost its part by this move, which it is told though the gate may be shut to it by then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", db_index=False)
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    left = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["move", "unit"], name="a_unit_is_told_of_a_move_once")
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "id"], name="notice_of_unit")]


class ReadUpTo(models.Model):
    """Up to which notice an account has read what it is told of a matter; of all matters where none is named. There is
    no time in it: when somebody reads is nobody's business."""

    account = models.UUIDField()
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    notice = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "matter"],
                nulls_distinct=False,
                name="an_account_has_read_up_to_one_place",
            )
        ]


class Weekly(models.Model):
    """The figures of a week as they were told to whoever heads units or sees their board: the newest week alone. They are
    those of units, and what they lead to is met at the gate. `off`: the account wants none."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    off = models.BooleanField(default=False)
    monday = models.DateField(null=True)
    figures = models.JSONField(default=dict)  # by name: how many, and whether there are at least so many
    read = models.BooleanField(default=True)


class Silence(models.Model):
    """That a submitter wants no message. There need be nothing to hide for that: a telephone is looked at by others."""

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="silence"
    )


class Message(models.Model):
    """The outbox: a message about a move, to a submitter or to the duty mailbox of a unit. It holds neither an address
    nor a text: both are looked up when it is sent, and forgotten."""

    EMAIL, SMS = "email", "sms"
    WAITING, SENT, DROPPED, DEAD = "waiting", "sent", "dropped", "dead"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="+", db_index=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=10)
    text = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(
        max_length=40, blank=True
    )  # in code words, of the last failure; never what a server said

    class Meta:
        constraints: ClassVar = [
            # One a channel to the submitter, and one to each unit.
            models.UniqueConstraint(
                fields=["move", "channel", "unit"],
                nulls_distinct=False,
                name="a_move_is_one_message_to_each",
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=False, unit__isnull=True)
                | Q(submission__isnull=True, unit__isnull=False, channel="email"),
                name="a_message_goes_to_one",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=["sent", "dropped", "dead"], next_at__isnull=True, ended_at__isnull=False),
                name="a_message_waits_or_has_ended",
            ),
            models.CheckConstraint(condition=Q(channel__in=["email", "sms"]), name="a_channel_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="message_dead"),
        ]


class Text(models.Model):
    """A version of a text in both languages, as an administrator wrote it at a moment (unknown of those before moments
    were kept): of a message, or the fixed words of a document. The latest holds; before the first, the one in texts.py
    or papers.py."""

    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    subject_zh = models.CharField(max_length=60, blank=True)
    subject_en = models.CharField(max_length=120, blank=True)
    body_zh = models.CharField(max_length=1000)
    body_en = models.CharField(max_length=2000)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="versions_of_a_text_are_numbered"),
        ]

    @property
    def subject(self) -> str:
        return pick(self.subject_zh, self.subject_en)

    @property
    def body(self) -> str:
        return pick(self.body_zh, self.body_en)


class IssuedDocument(models.Model):
    """The number of a document that a step produced, and what else it keeps for ever: the unit's name as of then and the
    version of its text. Its words are the move's (docs/adr/0004). A unit's documents of one series and year count from
    one: nothing is deleted, and a foreign key over `follows` (migration 0007) has each stand on the one before it.
    """

    move = models.OneToOneField(Move, on_delete=models.PROTECT, primary_key=True, related_name="issued")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit_name = models.CharField(max_length=80)
    unit_word = models.CharField(max_length=20, blank=True, default="", db_default="")  # where it had one
    year = models.PositiveSmallIntegerField()
    series = models.CharField(max_length=20)
    word = models.CharField(max_length=20)  # of the series, in the number
    serial = models.PositiveIntegerField()
    follows = models.PositiveIntegerField(null=True)
    version = models.PositiveSmallIntegerField()  # of the text with the code of the series

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "year", "series", "serial"], name="a_document_number_is_given_once"
            ),
            models.CheckConstraint(
                condition=Q(serial=1, follows__isnull=True)
                | Q(serial__gt=1, follows__isnull=False, follows=F("serial") - 1),
                name="a_document_number_follows_another",
            ),
        ]

    @property
    def number(self) -> str:
        """As it is printed: the word of the unit or else its name, the series, the year in six-cornered brackets, the serial (GB/T 9704)."""
        return f"{self.unit_word or self.unit_name}{self.word}〔{self.year}〕{self.serial}号"


class SealedCopy(models.Model):
    """That a document went to the seal platform, and the sealed file once it is back: by the digest of what went out.
    It holds what its move says, and no name of a submitter."""

    issued = models.OneToOneField(
        IssuedDocument, on_delete=models.PROTECT, primary_key=True, related_name="sealed"
    )
    reference = models.CharField(max_length=80)
    submitted = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    content = models.BinaryField(null=True)
    content_type = models.CharField(max_length=40, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True, content__isnull=True, content_type="")
                | Q(
                    sealed_at__isnull=False,
                    content__isnull=False,
                    content_type__in=["application/pdf", "application/ofd"],
                ),
                name="a_sealed_copy_is_there_or_not_yet",
            )
        ]


class Followed(models.Model):
    """How far the sweeper has followed the log: every numbered move up to this leaf has told whom it tells."""

    name = models.CharField(max_length=20, primary_key=True)
    leaf = models.BigIntegerField()


class ReplyTemplate(models.Model):
    """A text to begin from, for one question of one step: of a unit, or of the whole city where none is named. What a
    clerk makes of it and sends is the step's; this is never sent by itself."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    procedure = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    ask = models.CharField(max_length=40)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=60)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "procedure", "step", "ask", "title"],
                nulls_distinct=False,
                name="a_template_is_called_once",
            )
        ]
