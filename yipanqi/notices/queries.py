"""Reading notices: who wants to hear of a move, and what is new for the holder of a post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yipanqi.cases.models import Case, Submission
from yipanqi.cases.queries import ended, intake_unit
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import Words, kind_of, procedure_of
from yipanqi.core.models import Matter, Move
from yipanqi.core.prepared import Prepared, prepared
from yipanqi.core.procedure import Role, Step
from yipanqi.notices import papers, texts
from yipanqi.notices.models import Message, Notice, ReadUpTo, ReplyTemplate, Silence, Text, Weekly
from yipanqi.organisations.access import living_postings, over_units
from yipanqi.organisations.models import Unit

PAGE = 100  # notices, which are fewer matters
COUNTED = 100  # the newest that the number in the bar looks at: it costs the same however many there are
FIRST = UUID(int=0)


def anybody_to_tell(step: Step, subject: Any) -> bool:
    """Whether the step, on this subject, has anybody to tell. Answered from what is in memory: see `on_telling`."""
    if set(step.tells) - {Role.SUBMITTER} or (step.tells_anybody and not step.tells):
        return True
    submission = subject.submission if isinstance(subject, Case) else subject
    if not isinstance(submission, Submission) or not submission.has_contact:
        return False
    left = submission.left
    return left is None or channel_of(left) is not None


def channel_of(left: Iterable[str]) -> str | None:
    """By which channel whoever left this can be told: by e-mail, else by text message where the city sends any."""
    if "email" in left:
        return Message.EMAIL
    return Message.SMS if "phone" in left and settings.SMS else None


def silent(submission: Submission) -> bool:
    """Whether the submitter wants no message; nor is any sent to whoever filed it for another and does so no more."""
    return ended(submission) or Silence.objects.filter(submission=submission).exists()


def text_in_force(code: str) -> Text:
    """The latest version of a text; where nobody has written one, the one that comes with the product."""
    own = papers if code in papers.CODES else texts
    return Text.objects.filter(code=code).order_by("-version").first() or own.default(code)


def given_up(most: int = 1000) -> int:
    """How many messages could not be delivered, up to so many."""
    return Message.objects.filter(state=Message.DEAD)[:most].count()


def telephone() -> str:
    """The hotline's number; empty where the city has no intake unit yet."""
    try:
        return intake_unit().telephone
    except Refused:
        return ""


@dataclass(frozen=True)
class News:
    """What is new of one matter, the newest first; `upto` is the last notice of it on this page."""

    matter: Matter
    moves: Sequence[Move]
    upto: UUID
    unread: bool
    lost: Words | None = None  # the gate is shut since a unit lost its part: what that unit knew, and no more

    @property
    def labels(self) -> list[str]:
        """The steps that were taken, each once."""
        steps = procedure_of(self.matter).step
        return list(dict.fromkeys(str(steps[move.step].label) for move in self.moves))


@dataclass(frozen=True)
class Page:
    """Some news, and the notice after which to go on; None at the end."""

    news: list[News]
    next: UUID | None


def _newest(
    units: Iterable[UUID], size: int, *, before: UUID | None = None, account: UUID | None = None
) -> QuerySet[Notice]:
    """The newest notices of these units; with an account those after its mark. One short walk of the index a unit:
    what was told in all the years is not looked at."""
    slices = []
    for unit in sorted(units):
        found = Notice.objects.filter(unit=unit).order_by("-id")
        if before is not None:
            found = found.filter(id__lt=before)
        if account is not None:
            mark = ReadUpTo.objects.filter(account=account, matter__isnull=True).values("notice")
            found = found.filter(id__gt=Coalesce(Subquery(mark), FIRST))
        slices.append(found.values("id")[:size])
    if not slices:
        return Notice.objects.none()
    chosen = slices[0].union(*slices[1:], all=True) if len(slices) > 1 else slices[0]
    return Notice.objects.filter(pk__in=chosen)


def _for(viewer: Viewer, found: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those of them that the viewer may be told: of matters they may find, that a unit of theirs has lost its part, and
    not of what they did themselves."""
    matters = Matter.objects.filter(visible(viewer, Channel.DESK))
    others = Q(move__actor_account__isnull=True) | ~Q(move__actor_account=viewer.account)
    lost = Q(left=True) & over_units(viewer, "decisions.work", "board.see")
    return found.filter(others, Exists(matters.filter(pk=OuterRef("matter_id"))) | lost)


def _read(viewer: Viewer) -> Exists:
    of = Q(matter=OuterRef("matter_id")) | Q(matter__isnull=True)
    return Exists(ReadUpTo.objects.filter(of, account=viewer.account or FIRST, notice__gte=OuterRef("id")))


def _week(viewer: Viewer) -> QuerySet[Weekly]:
    return Weekly.objects.filter(pk=viewer.account or FIRST, read=False, off=False)


def week_of(viewer: Viewer) -> Weekly | None:
    """The week that was told to the viewer last; None where there was none."""
    return Weekly.objects.filter(pk=viewer.account or FIRST).first()


def unread(viewer: Viewer, units: Iterable[UUID]) -> tuple[int, bool]:
    """Of how many matters there is something unread among the newest `COUNTED` notices of each unit, with a week that was
    not read, and whether there may be more; one statement."""
    if viewer.account is None:
        return 0, False
    of = frozenset(units)

    def write() -> Prepared | None:
        found = _for(viewer, _newest(of, COUNTED, account=viewer.account)).exclude(_read(viewer))
        inner = Prepared.of(found.values_list("matter_id"))
        week = Prepared.of(_week(viewer).values("pk"))
        if inner is None or week is None:
            return inner
        sums = f"SELECT count(DISTINCT matter) + (SELECT count(*) FROM ({week.sql}) AS week), count(*) FROM"
        return Prepared(f"{sums} ({inner.sql}) AS found (matter)", (*week.values, *inner.values))

    found = prepared(("unread", viewer.key, of), write)
    matters, notices = found.rows()[0] if found else (0, 0)
    return matters, notices >= COUNTED


def page(viewer: Viewer, units: Iterable[UUID], *, everything: bool, after: UUID | None = None) -> Page:
    """A page of what is new for the holder of posts at these units, the newest first: what is unread, or everything.

    A page is so many notices of the units, of which it shows those for this viewer: there may be few or none on it and
    more on the next.
    """
    ids = list(
        _newest(units, PAGE + 1, before=after).order_by("-id").values_list("id", flat=True)[: PAGE + 1]
    )
    found = _for(viewer, Notice.objects.filter(pk__in=ids[:PAGE])).annotate(read=_read(viewer))
    if not everything:
        found = found.filter(read=False)
    rows: dict[UUID, list[Any]] = {}
    for notice in found.select_related("matter", "move").order_by("-id"):
        rows.setdefault(notice.matter_id, []).append(notice)
    shut = _shut_to(viewer, {pk: told[0].matter for pk, told in rows.items()})
    news = [
        News(
            matter=told[0].matter,
            moves=list({n.move_id: n.move for n in told}.values()),
            upto=told[0].pk,
            unread=any(not n.read for n in told),
            lost=shut.get(told[0].matter_id),
        )
        for told in rows.values()
    ]
    return Page(news, ids[PAGE - 1] if len(ids) > PAGE else None)


def _shut_to(viewer: Viewer, matters: Mapping[UUID, Matter]) -> dict[UUID, Words]:
    """Of the matters that the viewer finds no longer, number and title: their unit had its part in them under these."""
    open_to = Matter.objects.filter(visible(viewer, Channel.DESK), pk__in=list(matters))
    found: dict[UUID, Words] = {}
    for pk in set(matters) - set(open_to.values_list("pk", flat=True)):
        found |= {words.matter: replace(words, text="") for words in kind_of(matters[pk]).words([pk])}
    return found


def newest(units: Iterable[UUID]) -> UUID | None:
    """The newest notice of these units: up to which "all" is read."""
    return _newest(units, 1).order_by("-id").values_list("id", flat=True).first()


def headed_units(by: Viewer, at: dt.datetime) -> list[Unit]:
    """The units whose head this viewer is."""
    if by.account is None:
        return []
    posts = living_postings(at).filter(account=by.account, in_charge=True, duty="business")
    return list(dict.fromkeys(posting.unit for posting in posts.select_related("unit").order_by("pk")))


def kept_by(by: Viewer, at: dt.datetime) -> QuerySet[ReplyTemplate]:
    """The templates that this viewer writes: the city's, or those of the units whose head they are."""
    mine = Q(unit__in=[unit.pk for unit in headed_units(by, at)])
    if by.has("organisations.manage"):
        mine |= Q(unit__isnull=True)
    return (
        ReplyTemplate.objects.filter(mine)
        .select_related("unit", "category")
        .order_by("procedure", "step", "pk")
    )


def templates_for(
    *, procedure: str, steps: Iterable[str], units: Iterable[UUID], category: str | None
) -> list[ReplyTemplate]:
    """The templates offered on a matter: the city's and the viewer's own unit's, for its category or for any."""
    found = ReplyTemplate.objects.filter(
        Q(unit__isnull=True) | Q(unit__in=list(units)),
        Q(category__isnull=True) | Q(category=category),
        procedure=procedure,
        step__in=list(steps),
    )
    return list(found.order_by("title", "pk"))
