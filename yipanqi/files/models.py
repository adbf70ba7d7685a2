"""Files: what somebody photographed or wrote, sealed, with a copy that may be looked at."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.core.models import Seal


class State(models.TextChoices):
    HELD = "held"  # nobody has looked for viruses yet: the scanner does not answer
    CLEAN = "clean"
    QUARANTINED = "quarantined"  # kept, and shown to nobody


class Kind(models.TextChoices):
    """What it is by its content, never by what its name says."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"


class File(models.Model):
    """A file that was filed with a submission, or kept beside a matter of staff. `name` and `key` are locked with the box
    of the submission's seal, or of one that the matter has for its files alone, and the contents with `key`: erasing the
    person erases the files, and filing rewrites no content.

    The id is random and there is no time, as with the seal.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="files")
    number = models.PositiveSmallIntegerField()  # as they were picked, from 1
    kind = models.CharField(max_length=8, choices=Kind.choices)
    algorithm = models.CharField(max_length=20)
    key = models.BinaryField()
    name = models.BinaryField()
    size = models.PositiveIntegerField()
    served_size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State.choices)
    scanned = models.BooleanField()  # False: no scanner is set up here, and the desk says so

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_files_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="a_files_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(state="held", scanned=True), name="a_held_file_has_not_been_scanned"
            ),
            models.UniqueConstraint(fields=["seal", "number"], name="files_of_a_submission_are_numbered"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="held"), name="file_held"),
        ]


class Content(models.Model):
    """A sealed content, in a narrow table of its own. `file` is the id of a `File`, or of one that a draft speaks of:
    then nobody else knows its key, and after `until` it is deleted unless it was filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.UUIDField()
    part = models.CharField(max_length=8)  # original, served, small
    sealed = models.BinaryField()
    until = models.DateField()  # a day, and no time

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "part"], name="a_file_has_each_part_once"),
            models.CheckConstraint(
                condition=Q(part__in=["original", "served", "small"]), name="a_content_is_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["until"], name="content_until")]
