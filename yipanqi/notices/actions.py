"""What writes notices: telling of a move, marking as read, silence, and the texts of messages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yipanqi.cases.models import Case, Submission
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Change, Leaf, Move, MovePayload, SealedText
from yipanqi.core.procedure import Kind, Role, Step
from yipanqi.meetings import inviting
from yipanqi.notices import papers, replies, texts
from yipanqi.notices.models import Followed, Message, Notice, ReadUpTo, ReplyTemplate, Silence, Text, Weekly
from yipanqi.notices.queries import channel_of, headed_units, kept_by, silent, text_in_force
from yipanqi.organisations import barring
from yipanqi.organisations.models import Category, Part, Unit
from yipanqi.organisations.parts import SEALED

LOG = "log"


@transaction.atomic
def tell(*, moves: Iterable[UUID], at: dt.datetime) -> None:
    """Write down who is told of these moves, as their steps say. It may run any number of times: the constraints of the
    tables leave one notice a unit and one message a channel."""
    for move in Move.objects.filter(pk__in=list(moves)).select_related("matter").order_by("pk"):
        step = procedure_of(move.matter).step[move.step]
        _tell_units(move, step)
        _tell_submitter(move, step, at)
        _write_to_units(move, at)


def _write_to_units(move: Move, at: dt.datetime) -> None:
    """An invitation, or a change of one, for the duty mailbox of each unit to whose calendar the move means something;
    a unit without one is told at the desk alone."""
    units = Unit.objects.filter(pk__in=inviting.written_to(move)).exclude(mailbox="").order_by("path")
    Message.objects.bulk_create(
        (
            Message(move=move, unit=unit, channel=Message.EMAIL, text=texts.INVITATION, next_at=at)
            for unit in units
        ),
        ignore_conflicts=True,
    )


def _tell_units(move: Move, step: Step) -> None:
    """A notice for each unit that had one of the parts just after the move, or that the move reports to. The job may
    come late, when the next unit has taken the place of the one that was meant; and nothing under a veil is told
    (core/procedure.py proves it), nor anything to a unit that the matter is shut to: whose notices are paged."""
    roles = [role.value for role in step.tells if role != Role.SUBMITTER]
    named, reported = _named(move, step)
    if step.tells_left:
        _tell_former(move, step)
    if not roles and not named and not reported:
        return
    living = Q(until__isnull=True) | Q(until__gt=move.at)
    of = Q(role__in=roles) | Q(unit__in=named)
    parts = Part.objects.filter(living, of, matter=move.matter_id, since__lte=move.at)
    units = sorted({*parts.values_list("unit_id", flat=True), *reported})
    if move.matter.procedure in SEALED:
        having = list(Unit.objects.filter(pk__in=units).order_by("pk"))
        units = [unit.pk for unit in barring.open_units(move.matter_id, having, move.at)]
    Notice.objects.bulk_create(
        (Notice(matter_id=move.matter_id, move=move, unit_id=unit) for unit in units), ignore_conflicts=True
    )


def _tell_former(move: Move, step: Step) -> None:
    """A notice for each unit that lost such a part by the move, and has none of them after it."""
    parts = Part.objects.filter(matter=move.matter_id, role__in=[role.value for role in step.tells_left])
    kept = parts.filter(Q(until__isnull=True) | Q(until__gt=move.at), since__lte=move.at)
    lost = parts.filter(until=move.at, since__lt=move.at).exclude(unit__in=kept.values("unit"))
    Notice.objects.bulk_create(
        (
            Notice(matter_id=move.matter_id, move=move, unit_id=unit, left=True)
            for unit in sorted(set(lost.values_list("unit_id", flat=True)))
        ),
        ignore_conflicts=True,
    )


def _named(move: Move, step: Step) -> tuple[list[UUID], list[UUID]]:
    """The units that the move itself says are to be told, of those with a part and of any; of an erased payload nobody
    knows any more."""
    own = [move.actor_unit] if step.tells_own and move.actor_unit else []
    asks = [ask for ask in step.asks if ask.kind == Kind.PARTS or ask.mentions]
    payload = MovePayload.objects.filter(move=move).first() if asks else None
    said = json.loads(payload.body) if payload else {}
    units = [(ask.mentions, UUID(unit)) for ask in asks for unit in said.get(ask.name, ())]
    return own + [unit for any_of, unit in units if not any_of], [unit for any_of, unit in units if any_of]


def _tell_submitter(move: Move, step: Step, at: dt.datetime) -> None:
    """A message in the outbox, where the submitter left a way and wants it. That it was left is known without opening
    a seal."""
    if Role.SUBMITTER not in step.tells:
        return
    case = Case.objects.select_related("submission").filter(pk=move.matter_id).first()
    if case is None or not case.submission.has_contact or silent(case.submission):
        return
    left = SealedText.objects.filter(seal=case.submission.seal_id).values_list("name", flat=True)
    channel = channel_of(left)
    if channel is None:
        return
    message = Message(
        move=move,
        submission=case.submission,
        channel=channel,
        text=texts.SMS if channel == Message.SMS else _text_for(move, step),
        next_at=at,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)


def _text_for(move: Move, step: Step) -> str:
    """Which text: by where the matter then stands, never by what was done."""
    if step.initial:
        return texts.RECEIPT
    waits_for = procedure_of(move.matter).state[move.target].waits_for
    return texts.WAITS if waits_for == Role.SUBMITTER else texts.NEWS


@transaction.atomic
def follow(*, at: dt.datetime, batch: int = 500) -> int:
    """Tell what the next moves of the log tell, where no job has: one that was deleted, or died with its worker.
    Returns how many moves it went by. It begins at the end of the log as it finds it: old news is none."""
    if not Followed.objects.exists():
        last = Leaf.objects.order_by("-number").values_list("number", flat=True).first()
        begin = Followed(name=LOG, leaf=-1 if last is None else last)
        Followed.objects.bulk_create([begin], ignore_conflicts=True)
    place = Followed.objects.select_for_update().get(name=LOG)
    leaves = list(
        Leaf.objects.filter(number__gt=place.leaf).select_related("move__matter").order_by("number")[:batch]
    )
    if not leaves:
        return 0
    telling = {
        leaf.move_id for leaf in leaves if procedure_of(leaf.move.matter).step[leaf.move.step].tells_anybody
    }
    told = {
        *Notice.objects.filter(move__in=telling).values_list("move_id", flat=True),
        *Message.objects.filter(move__in=telling).values_list("move_id", flat=True),
    }
    tell(moves=telling - told, at=at)
    place.leaf = leaves[-1].number
    place.save(update_fields=["leaf"])
    return len(leaves)


@transaction.atomic
def set_silence(*, submission: Submission, silent: bool) -> None:
    """Send the submitter no message any more, or again where they left a way. For whoever has shown the secret, or
    files just now."""
    if silent:
        Silence.objects.bulk_create([Silence(submission=submission)], ignore_conflicts=True)
    else:
        Silence.objects.filter(submission=submission).delete()


@transaction.atomic
def write_text(*, code: str, given: Mapping[str, str], by: Viewer, at: dt.datetime) -> Text:
    """A new version of a text, in both languages; the ones before it stay. Raises `NotAllowed` without
    `system.manage`, `Refused` with the fields that are wrong."""
    if not by.has("system.manage"):
        raise NotAllowed(_("您没有维护消息文字的权限。"))
    if code not in (*texts.CODES, *papers.CODES):
        raise Refused(_("没有这条文字。"))
    fields = (papers if code in papers.CODES else texts).clean(code, given)
    before = text_in_force(code)
    text = Text(code=code, version=before.version + 1, at=at, **fields)
    try:
        with transaction.atomic():
            text.save(force_insert=True)
    except IntegrityError:
        # Another administrator wrote this version a moment ago: theirs is to be read first.
        raise Refused(_("这条文字刚刚被别人改过，请重新打开本页。")) from None
    Change.objects.create(
        at=at,
        account=by.account,
        what="notice_text",
        object_id=code,
        before=_plain(before),
        after=_plain(text),
    )
    return text


def _plain(text: Text) -> dict[str, object]:
    return {"version": text.version} | {name: getattr(text, name) for name in texts.LONGEST}


@transaction.atomic
def try_again(*, by: Viewer, at: dt.datetime) -> int:
    """Send what was given up once more, as after a wrong setting; returns how many. Raises `NotAllowed`."""
    if not by.has("system.manage"):
        raise NotAllowed(_("您没有维护消息文字的权限。"))
    again = Message.objects.filter(state=Message.DEAD).update(
        state=Message.WAITING, tries=0, next_at=at, ended_at=None
    )
    Change.objects.create(
        at=at, account=by.account, what="notices_given_up", object_id="all", after={"again": again}
    )
    return again


@transaction.atomic
def mark_read(*, upto: UUID | None, matter: UUID | None, units: Iterable[UUID], by: Viewer) -> None:
    """Mark as read what the account is told of a matter, or (None) of all, up to a notice of its units.

    Raises `Refused` where there is no such notice: a mark in the future would swallow what is yet to come.
    """
    if (
        by.account is None
        or upto is None
        or not Notice.objects.filter(pk=upto, unit__in=list(units)).exists()
    ):
        raise Refused(_("没有这条通知，请重新打开本页再试。"))
    of = Q(matter__isnull=True) if matter is None else Q(matter=matter)
    marks = ReadUpTo.objects.filter(of, account=by.account)
    if not marks.exists():
        fresh = ReadUpTo(account=by.account, matter_id=matter, notice=upto)
        ReadUpTo.objects.bulk_create([fresh], ignore_conflicts=True)
    marks.filter(notice__lt=upto).update(notice=upto)
    if matter is None:
        # What lies before the mark needs none of its own: so that marks stay few.
        ReadUpTo.objects.filter(account=by.account, matter__isnull=False, notice__lte=upto).delete()


@transaction.atomic
def tell_week(*, account: UUID, monday: dt.date, figures: Mapping[str, tuple[int, bool]]) -> bool:
    """Tell an account its week, in figures alone, in place of the one before; False where it was told already, or wants
    none. It may run any number of times."""
    Weekly.objects.bulk_create([Weekly(account_id=account)], ignore_conflicts=True)
    row = Weekly.objects.select_for_update().get(pk=account)
    if row.off or (row.monday is not None and row.monday >= monday):
        return False
    row.monday, row.figures, row.read = monday, {name: list(count) for name, count in figures.items()}, False
    row.save()
    return True


@transaction.atomic
def set_week(*, account: UUID, off: bool | None = None) -> None:
    """Mark the week as read; with `off`, have it told no more, or again."""
    Weekly.objects.bulk_create([Weekly(account_id=account)], ignore_conflicts=True)
    Weekly.objects.filter(pk=account).update(read=True, **({} if off is None else {"off": off}))


@transaction.atomic
def keep_template(
    *,
    template: ReplyTemplate | None,
    unit: Unit | None,
    place: str,
    category: Category | None,
    title: str,
    text: str,
    by: Viewer,
    at: dt.datetime,
) -> ReplyTemplate:
    """Write a template, or write one anew. `place` is procedure, step and ask with dots between. Raises `NotAllowed` for
    whoever may not, `Refused` with the fields that are wrong."""
    _check(template, by, at)
    if unit is None and not by.has("organisations.manage"):
        raise NotAllowed(_("您没有维护全市模板的权限。"))
    if unit is not None and unit not in headed_units(by, at):
        raise NotAllowed(_("只有单位负责人可以维护本单位的模板。"))
    known = {f"{procedure}.{step.name}.{ask.name}" for procedure, step, ask in replies.places()}
    if place not in known:
        raise Refused(_("请选择用在哪一步。"), fields={"place": _("请选择用在哪一步。")})
    title, text = replies.clean(title, text)
    row = template or ReplyTemplate()
    before = {"title": row.title, "text": row.text} if template else None
    row.procedure, row.step, row.ask = place.split(".")
    row.unit, row.category, row.title, row.text = unit, category, title, text
    try:
        with transaction.atomic():
            row.save()
            _write_down(row, before, {"title": title, "text": text}, by, at)
    except IntegrityError:
        why = _("这一步已经有同名的模板。")
        raise Refused(why, fields={"title": why}) from None
    return row


@transaction.atomic
def remove_template(*, template: ReplyTemplate, by: Viewer, at: dt.datetime) -> None:
    """Take a template away; what was written from it stays. Raises `NotAllowed`."""
    _check(template, by, at)
    _write_down(template, {"title": template.title, "text": template.text}, {}, by, at)
    template.delete()


def _check(template: ReplyTemplate | None, by: Viewer, at: dt.datetime) -> None:
    if template is not None and not kept_by(by, at).filter(pk=template.pk).exists():
        raise NotAllowed(_("这条模板不归您维护。"))


def _write_down(
    row: ReplyTemplate, before: dict[str, str] | None, after: dict[str, str], by: Viewer, at: dt.datetime
) -> None:
    Change.objects.create(
        at=at, account=by.account, what="reply_template", object_id=str(row.pk), before=before, after=after
    )
