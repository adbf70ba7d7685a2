"""Files that came in, which of their rows went in, and what went back to the systems of record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yipanqi.cases.models import ExternalRef
from yipanqi.core.labels import pick
from yipanqi.core.models import Seal, new_id


class System(models.Model):
    """A system of record beside ours (12345, the national petition system): how its tables look.

    `takes` and `gives` are its columns in its own order, each a pair of its header and our field: what it sends, and
    what it wants back. `values` says for a field what it calls our codes.
    """

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    takes = models.JSONField(default=list)
    gives = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    # What it sends came from a superior organ (上级转来), and is counted apart from what the city took in itself.
    above = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)


class ImportRun(models.Model):
    """One file on its way in. It holds counts and the mapping of columns; what persons wrote stands sealed in
    `Chunk` and `FailedRow`, under this run's own key, and no longer than `actions.forget_files` says."""

    UPLOADED, CHECKING, CHECKED, RUNNING, DONE, STOPPED = (
        "uploaded",
        "checking",
        "checked",
        "running",
        "done",
        "stopped",
    )
    STATES = (UPLOADED, CHECKING, CHECKED, RUNNING, DONE, STOPPED)
    AT_WORK = (CHECKING, RUNNING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    target = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=UPLOADED)
    name = models.CharField(max_length=120)
    format = models.CharField(max_length=4)
    digest = models.BinaryField(max_length=32)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # our field: their header
    options = models.JSONField(default=dict)
    system = models.ForeignKey(System, on_delete=models.PROTECT, null=True)
    language = models.CharField(max_length=10)
    account = models.UUIDField(null=True)  # null: the command line
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT)
    rows = models.PositiveIntegerField(default=0)
    place = models.PositiveIntegerField(default=0)  # the number of the last row that was dealt with
    entered = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    forgotten = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "checking", "checked", "running", "done", "stopped"]),
                name="an_import_has_a_known_state",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["touched_at"], condition=Q(state__in=["checking", "running"]), name="import_at_work"
            ),
            models.Index(fields=["touched_at"], condition=Q(forgotten=False), name="import_to_forget"),
        ]

    @property
    def dealt_with(self) -> int:
        return self.entered + self.known + self.failed


class Chunk(models.Model):
    """A piece of an uploaded file, sealed. Never on a disk in plain, never in the database in plain."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="chunks_of_a_file_are_numbered")
        ]


class FailedRow(models.Model):
    """A row that did not go in: its cells and the reasons by column, sealed."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="failures")
    number = models.PositiveIntegerField()
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="a_row_of_a_file_fails_once")
        ]


class ImportedRow(models.Model):
    """That a row of a file is in. Written in the transaction of what it became, so that no kill, no second worker and
    no second upload of the same file can enter it twice. `known`: the number was there already, nothing changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="entered_rows")
    digest = models.BinaryField(max_length=32)
    number = models.PositiveIntegerField()
    object_id = models.CharField(max_length=80)
    known = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest", "number"], name="a_row_of_a_file_goes_in_once")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], condition=Q(known=True), name="row_known_before")]


class Mapping(models.Model):
    """Which column is which, as somebody last said for these headers. Headers, never what stands below them."""

    target = models.CharField(max_length=20)
    headers = models.BinaryField(max_length=32)  # a digest of them
    columns = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["target", "headers"], name="headers_are_mapped_once")
        ]


class Export(models.Model):
    """A table that went back to a system of record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    system = models.ForeignKey(System, on_delete=models.PROTECT)
    at = models.DateTimeField()
    account = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["system", "at"], name="export_of_system")]


class Exported(models.Model):
    """How a case stood when its number went back: what differs from now has to go again."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="rows")
    ref = models.ForeignKey(ExternalRef, on_delete=models.PROTECT, related_name="exported")
    state = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20, blank=True)
    round = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["export", "ref"], name="a_number_goes_back_once_a_table")
        ]
