"""What writes imports: taking a file in, saying which column is which, checking it, entering it, forgetting it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import get_language, gettext as _, override

from yipanqi.core import sealing, writing
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.exchange import jobs
from yipanqi.exchange.flow import Batch, Failure, Reading, batches, enter
from yipanqi.exchange.models import (
    Chunk,
    FailedRow,
    ImportedRow,
    ImportRun,
    Mapping as Remembered,
    System,
)
from yipanqi.exchange.reading import BLOCK, Line, digest_of, opened
from yipanqi.exchange.targets import Good, Target, guess, target_named

KEEP_FAILED = dt.timedelta(days=14)  # to mend the rows and upload them again
KEEP_UPLOADED = dt.timedelta(days=1)  # a file that nobody went on with


def _target(code: str, by: Actor) -> Target:
    """The target, if the actor may import it."""
    try:
        target = target_named(code)
    except LookupError:
        raise NotAllowed(_("没有这一种导入。")) from None
    if not (by.is_system or by.viewer.has(target.capability)):
        raise NotAllowed(_("您没有导入的权限。"))
    return target


def look_at(
    *,
    target: Target,
    source: BinaryIO,
    name: str,
    by: Actor,
    system: System | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportRun:
    """What a file is: its headers, the number of its rows, a guess at its columns. An import that is not saved.
    Raises `Refused` where it is no table."""
    digest = digest_of(source)
    with opened(source) as table:
        headers, form, rows = list(table.headers), table.format, table.count()
    if not rows:
        raise Refused(_("表头下面没有内容。"))
    return ImportRun(
        target=target.code,
        name=name[-120:].replace("\x00", ""),
        format=form,
        digest=digest,
        headers=headers,
        mapping=_likely(target, headers, system),
        options=dict(options or {}),
        system=system,
        language=get_language() or "zh-hans",
        account=by.viewer.account,
        rows=rows,
    )


@transaction.atomic
def receive_file(
    *,
    target: str,
    source: BinaryIO,
    name: str,
    by: Actor,
    at: dt.datetime,
    system: System | None = None,
    options: Mapping[str, Any] | None = None,
    keep: bool = True,
) -> ImportRun:
    """Take a file in. `keep`: store it, sealed, for the worker; the command line reads it from where it lies."""
    aim = _target(target, by)
    run = look_at(target=aim, source=source, name=name, by=by, system=system, options=options)
    run.seal, run.created_at, run.touched_at = sealing.seal({}), at, at
    run.save(force_insert=True)
    if keep:
        _store(run, source)
    return run


def _store(run: ImportRun, source: BinaryIO) -> None:
    box = sealing.open_box(run.seal_id)
    source.seek(0)
    for number, block in enumerate(iter(lambda: source.read(BLOCK), b"")):
        Chunk(run=run, number=number, ciphertext=box.lock(f"file {number}", block)).save(force_insert=True)


def stored(run: ImportRun) -> BinaryIO:
    """The uploaded file, in memory alone."""
    box = sealing.open_box(run.seal_id)
    whole = io.BytesIO()
    for number, ciphertext in run.chunks.order_by("number").values_list("number", "ciphertext").iterator(8):
        whole.write(box.unlock(f"file {number}", bytes(ciphertext)))
    whole.seek(0)
    return whole


def _likely(target: Target, headers: Sequence[str], system: System | None) -> dict[str, str]:
    """The columns as they were last said for these headers, as the system's map says, or as they are called."""
    if system is not None:
        named = {our: header for header, our in system.takes if our in target.named and header in headers}
        return {**{k: v for k, v in guess(target, headers).items() if v not in named.values()}, **named}
    remembered = Remembered.objects.filter(target=target.code, headers=_headers_digest(headers)).first()
    return dict(remembered.columns) if remembered else guess(target, headers)


def _headers_digest(headers: Sequence[str]) -> bytes:
    return hashlib.sha256("\0".join(sorted(headers)).encode()).digest()


def check_mapping(target: Target, headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without what is empty. Raises `Refused` by field."""
    wrong: dict[str, str] = {}
    found = {name: header for name, header in mapping.items() if header}
    for name, header in found.items():
        if header not in headers or name not in target.named:
            wrong[name] = _("文件里没有这一列。")
        elif list(found.values()).count(header) > 1:
            wrong[name] = _("这一列已经用在别处。")
    for each in target.fields:
        if each.required and each.name not in found:
            wrong[each.name] = _("请指出是哪一列。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return found


@transaction.atomic
def start_import(
    *,
    run: ImportRun,
    mapping: Mapping[str, str],
    options: Mapping[str, Any],
    for_good: bool,
    by: Actor,
    at: dt.datetime,
    queued: bool = True,
) -> ImportRun:
    """Check the file with this mapping (nothing is written), or enter it for good. The mapping is remembered."""
    target = _target(run.target, by)
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state in ImportRun.AT_WORK:
        raise Refused(_("正在进行，请等它结束。"))
    if held.forgotten or (held.state == ImportRun.DONE):
        raise Refused(_("这个文件已经导入过。要导入改好的行，请上传改好的文件。"))
    held.mapping = check_mapping(target, held.headers, mapping)
    held.options = {**held.options, **options}
    held.state = ImportRun.RUNNING if for_good else ImportRun.CHECKING
    held.place = held.entered = held.known = held.failed = 0
    held.touched_at, held.language = at, get_language() or "zh-hans"
    held.save()
    held.failures.all().delete()
    Remembered.objects.update_or_create(
        target=target.code, headers=_headers_digest(held.headers), defaults={"columns": held.mapping}
    )
    if queued:
        jobs.import_run.defer(run=str(held.pk))
    return held


def advance_import(
    *,
    run: ImportRun,
    source: BinaryIO,
    by: Actor,
    now: Callable[[], dt.datetime],
    more: Callable[[], bool] = lambda: True,
    told: Callable[[ImportRun], None] = lambda run: None,
) -> bool:
    """Go on with an import from where it stands, a batch and a transaction at a time; whether it came to its end.

    May be killed at any moment and called again; a second one at the same time does no harm.
    """
    target = _target(run.target, by)
    with override(run.language), opened(source) as table:
        if list(table.headers) != run.headers:
            raise Refused(_("文件已经变了。"))
        reading = Reading(target, target.open(run.options), table.headers, run.mapping)
        for lines in batches(table.rows(after=run.place)):
            if not _take_batch(run=run, reading=reading, lines=lines, by=by, at=now()):
                return False
            told(run)
            if not more():
                return False
    return _end(run=run, at=now())


@transaction.atomic
def _take_batch(
    *, run: ImportRun, reading: Reading, lines: Sequence[Line], by: Actor, at: dt.datetime
) -> bool:
    """Deal with one batch; False where somebody else did, or the import was stopped."""
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state not in ImportRun.AT_WORK or held.place != run.place:
        return False
    batch, good, columns = Batch(), [], reading.columns()
    digest = _row_scope(run, reading.target)
    inside = set(
        ImportedRow.objects.filter(digest=digest, number__in=[line.number for line in lines]).values_list(
            "number", flat=True
        )
    )
    for line in lines:
        row = reading.row(line, columns) if line.number not in inside else None
        if isinstance(row, Failure):
            batch.failures.append(row)
        elif row is not None:
            good.append(row)
    known = len(inside)
    if run.state == ImportRun.RUNNING:
        enter(reading, good, {line.number: line for line in lines}, by=by, at=at, into=batch)
        known += sum(outcome.known for _row, outcome in batch.entered)
        _keep_entered(run, digest, batch, at)
        good = [row for row, outcome in batch.entered if not outcome.known]
    _keep_failures(run, batch.failures)
    _count(run, good, known, batch.failures, lines, at)
    return True


def _row_scope(run: ImportRun, target: Target) -> bytes:
    """Within what a row is entered once: for ever by the file, or within this import alone."""
    return bytes(run.digest) if target.once else hashlib.sha256(run.pk.bytes).digest()


def _keep_entered(run: ImportRun, digest: bytes, batch: Batch, at: dt.datetime) -> None:
    writing.insert(
        ImportedRow(
            run=run,
            digest=digest,
            number=row.number,
            object_id=outcome.object_id,
            known=outcome.known,
            at=at,
        )
        for row, outcome in batch.entered
    )


def _keep_failures(run: ImportRun, failures: Sequence[Failure]) -> None:
    if failures:
        box = sealing.open_box(run.seal_id)
        FailedRow.objects.bulk_create(
            FailedRow(run=run, number=f.number, ciphertext=box.lock(f"row {f.number}", f.packed()))
            for f in failures
        )


def _count(
    run: ImportRun,
    good: Sequence[Good],
    known: int,
    failures: Sequence[Failure],
    lines: Sequence[Line],
    at: dt.datetime,
) -> None:
    run.place, run.touched_at = lines[-1].number, at
    run.entered += len(good)
    run.known += known
    run.failed += len(failures)
    run.save(update_fields=["place", "touched_at", "entered", "known", "failed"])


@transaction.atomic
def _end(*, run: ImportRun, at: dt.datetime) -> bool:
    """The last row was dealt with: what was checked waits to be entered, what was entered needs its file no more."""
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state not in ImportRun.AT_WORK or held.place != run.place:
        return False
    run.state = ImportRun.CHECKED if run.state == ImportRun.CHECKING else ImportRun.DONE
    run.touched_at = at
    run.ended_at = at if run.state == ImportRun.DONE else None
    run.save(update_fields=["state", "touched_at", "ended_at"])
    if run.state == ImportRun.DONE:
        run.chunks.all().delete()
    return True


@transaction.atomic
def stop_import(*, run: ImportRun, why: str, at: dt.datetime) -> None:
    """Stop: what is in stays in. `why` is a sentence of ours, never what stood in a row."""
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state in ImportRun.AT_WORK:
        held.state, held.touched_at, held.ended_at = ImportRun.STOPPED, at, at
        held.options = {**held.options, "why": why}
        held.save(update_fields=["state", "touched_at", "ended_at", "options"])


@transaction.atomic
def forget_import(*, run: ImportRun, at: dt.datetime, by: Actor | None = None) -> None:
    """Delete the file and the failed rows and drop their key. What went in, and the counts, stay."""
    if by is not None:
        _target(run.target, by)
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    if held.state in ImportRun.AT_WORK:
        raise Refused(_("正在进行，请等它结束。"))
    held.chunks.all().delete()
    held.failures.all().delete()
    sealing.erase(held.seal_id)
    held.forgotten = True
    held.save(update_fields=["forgotten"])


def forget_files(*, at: dt.datetime) -> int:
    """Forget what nobody needs any more: an uploaded file after a day without anybody going on with it, failed rows
    14 days after the import ended. Both hold what persons wrote; neither is kept for a case, whose words are sealed
    with it. Runs every hour; returns how many imports."""
    idle = ImportRun.objects.filter(forgotten=False).exclude(state__in=ImportRun.AT_WORK)
    ended = idle.filter(state__in=(ImportRun.DONE, ImportRun.STOPPED), touched_at__lt=at - KEEP_FAILED)
    left = idle.filter(state__in=(ImportRun.UPLOADED, ImportRun.CHECKED), touched_at__lt=at - KEEP_UPLOADED)
    done = 0
    for run in [*ended[:500], *left[:500]]:
        forget_import(run=run, at=at)
        done += 1
    return done
