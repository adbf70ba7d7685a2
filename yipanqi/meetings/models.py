"""Conferences with the lines they lay down, and the tasks that come of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.labels import Label, pick
from yipanqi.core.models import Matter
from yipanqi.organisations.models import Area, Category

KINDS: dict[str, Label] = {
    "conference": Label("工作会议", "Working conference"),
    "plenary": Label("全体会议", "Plenary session"),
    "standing": Label("常委会会议", "Standing committee"),
    "executive": Label("常务会议", "Executive meeting"),
    "joint": Label("联席会议", "Joint conference"),
    "other": Label("其他", "Other"),
}


class Conference(models.Model):
    """What laid the requirements down. A report often names no year: `held_text` is the date as published, `held_on`
    the day where it is known for sure. English is kept where there is one."""

    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    held_on = models.DateField(null=True)
    held_text = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="a_conference_is_of_a_known_kind"),
            models.CheckConstraint(condition=~Q(title=""), name="a_conference_has_a_title"),
        ]

    def __str__(self) -> str:
        return pick(self.title, self.title_en)


class Line(models.Model):
    """One requirement: one verb with its object. A principle is conveyed and studied: it takes no task and no
    percentage is ever asked of it."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=60, blank=True)
    theme_en = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=400, blank=True)
    principle = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conference", "number"], name="lines_of_a_conference_are_numbered"
            ),
            # What a task's foreign key over the pair points at (see the migration 0002).
            models.UniqueConstraint(fields=["id", "principle"], name="a_line_is_a_principle_or_is_not"),
            models.CheckConstraint(condition=~Q(text=""), name="a_line_says_something"),
        ]

    def __str__(self) -> str:
        return pick(self.text, self.text_en)

    @property
    def theme_name(self) -> str:
        return pick(self.theme, self.theme_en)


class LineBinding(models.Model):
    """Cases of this category (and below it) in this area (and below it; null: everywhere) show under the line: what
    they tell of its progress is never asked for again."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="bindings")
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


class Task(models.Model):
    """One piece of work under a line: one lead unit, any number of co-units (organisations.Part), a date of its own."""

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, primary_key=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="tasks")
    principle = models.BooleanField(default=False, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=120)
    goal = models.TextField()
    due_on = models.DateField()
    issued_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(principle=False), name="a_principle_takes_no_task"),
            models.CheckConstraint(condition=~Q(title=""), name="a_task_has_a_title"),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(due_on__gte=models.F("issued_on")),
                name="a_task_is_not_due_before_it_is_issued",
            ),
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
