"""Conferences with the lines they lay down, and the tasks that come of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.labels import Label, pick
from yipanqi.core.models import Matter, Seal
from yipanqi.files.models import File
from yipanqi.meetings.exchange_models import Exchange  # noqa: F401 - Django looks for it here
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.plan_models import Plan
from yipanqi.organisations.models import Area, Category, Unit

KINDS: dict[str, Label] = {
    "conference": Label("工作会议", "Working conference"),
    "plenary": Label("全体会议", "Plenary session"),
    "standing": Label("常委会会议", "Standing committee"),
    "executive": Label("常务会议", "Executive meeting"),
    "joint": Label("联席会议", "Joint conference"),
    "other": Label("其他", "Other"),
    "instruction": Label("领导批示", "Leader's instruction"),
}
INSTRUCTION = "instruction"
# Of what is held; an instruction is given.
HELD: dict[str, Label] = {code: label for code, label in KINDS.items() if code != INSTRUCTION}

FORMS: dict[str, Label] = {
    "onsite": Label("现场会议", "In one room"),
    "video": Label("视频会议", "By video"),
    "both": Label("线上线下结合", "In one room and by video"),
    "telephone": Label("电视电话会议", "By television and telephone"),
}


class Conference(models.Model):
    """What laid the requirements down. A report often names no year: `held_text` is the date as published, `held_on`
    the day where it is known for sure. English is kept where there is one. `attended` are the classes of those who took
    part, one a line, as the report names them.

    One that is planned here has a `matter`, a number in the annual plan, its time, and where its recording is; `sequence`
    counts how often it was changed, for the calendars that have it already. A leader's written instruction is one too: `held_on` is the day
    on which it was given. `seal` has the keys of what was scanned and of its papers (docs/adr/0032)."""

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    held_on = models.DateField(null=True)
    held_text = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=20, blank=True, default="", db_default="")
    main_venue = models.CharField(max_length=120, blank=True, default="", db_default="")
    branch_venues = models.BooleanField(default=False, db_default=False)
    attended = models.TextField(blank=True, default="", db_default="")
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, null=True, related_name="conference")
    plan_number = models.CharField(max_length=20, blank=True, default="", db_default="")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    chair_post = models.CharField(max_length=120, blank=True, default="", db_default="")
    purpose = models.TextField(blank=True, default="", db_default="")
    comprehensive = models.BooleanField(default=False, db_default=False)
    minutes = models.TextField(blank=True, default="", db_default="")
    recording = models.CharField(max_length=300, blank=True, default="", db_default="")
    sequence = models.PositiveSmallIntegerField(default=0, db_default=0)
    mechanism = models.ForeignKey(Mechanism, on_delete=models.PROTECT, null=True, related_name="meetings")
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(matter__isnull=True)
                | Q(kind=INSTRUCTION)
                | Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="a_planned_conference_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["plan_number"], condition=~Q(plan_number=""), name="a_plan_number_is_one_conferences"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="a_conference_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(form__in=["", *FORMS]), name="a_conference_is_held_in_a_known_form"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_conference_has_a_title"),
        ]

    def __str__(self) -> str:
        return pick(self.title, self.title_en)

    @property
    def number(self) -> str:
        """By which one with a matter is called."""
        return f"{'PS' if self.kind == INSTRUCTION else 'HY'}{self.pk}"


class Instruction(models.Model):
    """What is known of a leader's written instruction (领导批示件) beside its text: the document it was written on, how
    it was proposed to handle it, the post that gave it, by when an answer is due, and the answer. Whoever holds the post
    is named nowhere."""

    conference = models.OneToOneField(
        Conference, on_delete=models.PROTECT, primary_key=True, related_name="instruction"
    )
    document = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=120)
    received_on = models.DateField()
    handling = models.TextField(blank=True)
    post = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(origin=""), name="an_instruction_was_written_on_something"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | ~Q(post=""), name="what_is_due_was_instructed_by_a_post"
            ),
        ]


class Report(models.Model):
    """What a conference was read from: the text as it came, and mended. Never edited: the places of its lines are
    places in `text`."""

    conference = models.OneToOneField(
        Conference, on_delete=models.PROTECT, primary_key=True, related_name="report"
    )
    original = models.TextField()
    text = models.TextField()


class Named(models.Model):
    """A holder of a public post whom the published report names, in its order. Nobody is looked up by it: it is
    read with its conference alone."""

    CHAIR, SPEECH, PRESENT, OTHER = "chair", "speech", "present", "other"

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="named")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conference", "number"], name="the_named_are_numbered"),
            models.CheckConstraint(
                condition=Q(role__in=["chair", "speech", "present", "other"]),
                name="the_named_did_one_of_these",
            ),
        ]


class Paper(models.Model):
    """A document that was conveyed at a conference; of one that is planned here also how long it is, and its file, where
    it has one: another or none only by a step of the matter (papers.py)."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="papers")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    characters = models.PositiveIntegerField(null=True)
    file = models.OneToOneField(File, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conference", "number"], name="papers_of_a_conference_are_numbered"
            )
        ]


class AgendaItem(models.Model):
    """One item of the agenda of a planned conference: who speaks, as a unit or a post, and for how many minutes."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="agenda")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    speaker = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True)
    speaker_post = models.CharField(max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField()
    main = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conference", "number"], name="items_of_an_agenda_are_numbered"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="an_item_of_an_agenda_takes_time"),
        ]


class Venue(models.Model):
    """Where a planned conference is held: the main venue, and branches by video. The platform keeps the link (video.py
    asks whether its system answers); `tested_at` is when the keeper said that the test call was done."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="venues")
    number = models.PositiveSmallIntegerField()
    main = models.BooleanField(default=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    room = models.CharField(max_length=120)
    link = models.CharField(max_length=300, blank=True)
    keeper = models.CharField(max_length=60, blank=True)
    heads = models.PositiveSmallIntegerField(null=True)
    tested_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conference", "number"], name="venues_of_a_conference_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["conference"], condition=Q(main=True), name="a_conference_has_one_main_venue"
            ),
        ]


class VideoSystem(models.Model):
    """Whether a video system of the city, `host:port`, took a connection when it was asked last, and since when."""

    system = models.CharField(max_length=260, primary_key=True)
    answers = models.BooleanField()
    since = models.DateTimeField()
    at = models.DateTimeField()


class Invitation(models.Model):
    """That a unit's post is invited: to attend (出席) or to observe (列席). What the unit replied, by post and never by
    name, and whether somebody came. `number`: by which a reply names it."""

    ATTEND, OBSERVE = "attend", "observe"
    COMES, STAND_IN, LEAVE = "comes", "stand_in", "leave"

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="invitations")
    number = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    post = models.CharField(max_length=60)
    seat = models.CharField(max_length=10)
    reply = models.CharField(max_length=10, blank=True)
    who = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    leader = models.CharField(max_length=60, blank=True)
    replied_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conference", "number"], name="invitations_are_numbered"),
            models.UniqueConstraint(fields=["conference", "unit", "post"], name="a_post_is_invited_once"),
            models.CheckConstraint(
                condition=Q(seat__in=["attend", "observe"]), name="the_invited_attend_or_observe"
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True)
                | (Q(reply__in=["comes", "stand_in"]) & ~Q(who="") & Q(replied_at__isnull=False))
                | (Q(reply="leave", replied_at__isnull=False) & ~Q(reason="") & ~Q(leader="")),
                name="a_reply_says_who_comes_or_why_nobody_does",
            ),
        ]


class Receipt(models.Model):
    """That a unit has the papers of a conference: one receipt a unit, and nothing more is asked."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="receipts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conference", "unit"], name="a_unit_has_the_papers_once")
        ]


class CalendarFeed(models.Model):
    """That a unit's calendar can be read at a secret address, of which a keyed hash is kept, until it is withdrawn: a
    calendar program shows no password."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    digest = models.BinaryField(unique=True)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_unit_has_one_calendar_address",
            )
        ]


class BurdenRule(models.Model):
    """A bound that the rules on meetings set, from a day on; those that come with the product are in `burden`."""

    code = models.CharField(max_length=20)
    valid_from = models.DateField()
    amount = models.PositiveIntegerField()
    practice = models.BooleanField()
    basis_zh = models.CharField(max_length=200)
    basis_en = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="a_burden_rule_has_one_row_a_day")
        ]

    @property
    def basis(self) -> str:
        return pick(self.basis_zh, self.basis_en)


class Line(models.Model):
    """One requirement: one verb with its object. A principle is conveyed and studied: it takes no task and no
    percentage is ever asked of it. A `standing` one (长期坚持) never ends: each year has goals of its own. One that was read in a report keeps its place there (`start`, `end`, in characters
    of the mended text), the units and the date as the text names them."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=60, blank=True)
    theme_en = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=400, blank=True)
    principle = models.BooleanField(default=False)
    standing = models.BooleanField(default=False, db_default=False)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    units = models.CharField(max_length=300, blank=True, default="", db_default="")
    due = models.CharField(max_length=60, blank=True, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(end__gt=models.F("start")),
                name="a_line_has_a_place_or_none",
            ),
            models.UniqueConstraint(
                fields=["conference", "number"], name="lines_of_a_conference_are_numbered"
            ),
            # What a task's foreign key over the pair points at (see the migration 0002).
            models.UniqueConstraint(fields=["id", "principle"], name="a_line_is_a_principle_or_is_not"),
            models.CheckConstraint(condition=~Q(text=""), name="a_line_says_something"),
            models.CheckConstraint(
                condition=Q(principle=False) | Q(standing=False), name="a_principle_has_no_yearly_goals"
            ),
        ]

    def __str__(self) -> str:
        return pick(self.text, self.text_en)

    @property
    def theme_name(self) -> str:
        return pick(self.theme, self.theme_en)


class LineBinding(models.Model):
    """Cases of this category (and below it) in this area (and below it; null: everywhere) show under the line and, where
    it names one, under a task of that line: what they tell of its progress is never asked for again."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="bindings")
    task = models.ForeignKey(
        "Task", on_delete=models.PROTECT, null=True, related_name="bindings", db_index=False
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line", "category", "area"],
                nulls_distinct=False,
                name="a_line_is_bound_to_the_same_cases_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="binding_of_task")
        ]


class Task(models.Model):
    """One piece of work under a line: one lead unit, any number of co-units (organisations.Part), a date of its own.

    Under a standing requirement a task is a goal for a `year`, and what it is broken down into belongs to it.

    What a task is broken down into stands under it. A `parent` is given at birth and never changed: it was there before
    its child, so that no circle can come about.

    `due_on` never becomes earlier once it is issued; `plan` is the one in which it stands. `deferred_from` is the date before it was put off; `request` what an open request
    asks for, until it is decided; `rung` how many of the reminders it had for this date, `rung_on` the day of the next
    one (reminders.py).
    """

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="tasks")
    principle = models.BooleanField(default=False, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    goal = models.TextField()
    due_on = models.DateField()
    issued_on = models.DateField(null=True)
    deferred_from = models.DateField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    rung_on = models.DateField(null=True)
    request = models.JSONField(default=dict)
    year = models.PositiveSmallIntegerField(null=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="children", db_index=False
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="tasks", db_index=False)

    # No column: the milestones in order, where the task was read with them (`queries.with_nodes`).
    nodes: list[Milestone]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(principle=False), name="a_principle_takes_no_task"),
            models.CheckConstraint(
                condition=~Q(parent=models.F("matter")), name="no_task_stands_under_itself"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_task_has_a_title"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(parent__isnull=True, year__gte=2000, year__lte=2200),
                name="a_years_goal_stands_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(due_on__gte=models.F("issued_on")),
                name="a_task_is_not_due_before_it_is_issued",
            ),
            models.CheckConstraint(
                condition=Q(deferred_from__isnull=True) | Q(due_on__gt=models.F("deferred_from")),
                name="a_task_is_put_off_to_a_later_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="task_below"),
            models.Index(fields=["rung_on"], condition=Q(rung_on__isnull=False), name="task_to_remind"),
            models.Index(fields=["plan"], condition=Q(plan__isnull=False), name="task_in_plan"),
        ]


class Milestone(models.Model):
    """A node of a task: what is to be done by when. Progress is how many of them are done, and nothing else."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "number"], name="milestones_of_a_task_are_numbered"),
            models.CheckConstraint(condition=~Q(title=""), name="a_milestone_has_a_title"),
        ]


class Target(models.Model):
    """How much of something a task is to reach, in a unit of measure, and how much it has: counted, never a
    percentage."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="targets")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    measure = models.CharField(max_length=20)
    wanted = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "number"], name="targets_of_a_task_are_numbered"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(measure=""), name="a_target_says_what_of_what"
            ),
            models.CheckConstraint(condition=Q(wanted__gt=0), name="a_target_is_more_than_nothing"),
        ]
