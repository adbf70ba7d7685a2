"""What writes the preparation of a planned conference: agenda, venues, who is invited, and its papers.

Each act needs `decisions.draft` over the unit that convenes it, and a conference that is neither held nor cancelled.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Change, Matter
from yipanqi.meetings.meeting_queries import in_order, planned
from yipanqi.meetings.models import AgendaItem, Conference, Invitation, Paper, Venue
from yipanqi.organisations.models import Area, Part, Unit

MOST_ITEMS, MOST_VENUES, MOST_INVITED = 40, 60, 500
SCHEMES = ("http", "https", "h323", "sip", "sips")
# A state secret is not on this platform at all (保守国家秘密法): its title is not either.
_SECRET = re.compile(r"秘密|机密|绝密")
_SECRECY_CODES = ("secret", "confidential", "top_secret")


@dataclass(frozen=True)
class ItemDraft:
    """One item of an agenda; `speaker` names a unit or a post."""

    title: str
    minutes: int
    speaker: str = ""
    main: bool = False


@dataclass(frozen=True)
class VenueDraft:
    """A venue as it is entered."""

    unit: Unit
    room: str
    link: str = ""
    keeper: str = ""
    heads: int | None = None
    main: bool = False


@dataclass(frozen=True)
class Rule:
    """Whom to invite: a post of each unit of a kind, at a level or within an area, below or guided by another unit; or
    of units that are named. What is left open does not choose."""

    post: str
    seat: str
    kind: str = ""
    level: str = ""
    area: Area | None = None
    under: Unit | None = None
    named: Sequence[Unit] = ()


def _locked(conference: Conference, by: Actor, *states: str) -> Conference:
    """The conference, locked with its matter, which the actor may prepare as it stands."""
    matter = (
        Matter.objects.select_for_update(of=("self",))
        .filter(conference__in=planned(), conference=conference)
        .first()
    )
    sender = Part.objects.filter(matter=matter, role=Part.SENDER, until__isnull=True).select_related("unit")
    if matter is None or not any(by.viewer.reaches("decisions.draft", p.unit.path) for p in sender):
        raise NotAllowed(_("您没有筹备会议的权限。"))
    if matter.state not in states:
        raise Refused(_("会议已经发出通知或结束，这里不能再改。"))
    return Conference.objects.select_for_update().get(pk=conference.pk)


def _changed(conference: Conference, what: str, after: object, by: Actor, at: dt.datetime) -> None:
    Change.objects.create(
        at=at, account=by.viewer.account, what=what, object_id=str(conference.pk), after={"is": after}
    )


def _needed(field: str, text: str, longest: int, *, empty: bool = False) -> str:
    text = text.strip()
    why = "" if text or empty else _("请填写。")
    if "\x00" in text:
        why = _("含有不能保存的字符。")
    if len(text) > longest:
        why = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(text)}
    if why:
        raise Refused(why, fields={field: why})
    return text


@transaction.atomic
def set_agenda(*, conference: Conference, items: Sequence[ItemDraft], by: Actor, at: dt.datetime) -> None:
    """Write the agenda, instead of what it was."""
    conference = _locked(conference, by, "planned", "convened")
    if len(items) > MOST_ITEMS:
        why = _("议程最多 %(n)d 项。") % {"n": MOST_ITEMS}
        raise Refused(why, fields={"agenda": why})
    speakers = {unit.name_zh: unit for unit in Unit.objects.filter(name_zh__in=[i.speaker for i in items], valid_to__isnull=True)}  # fmt: skip
    rows = []
    for number, item in enumerate(items, start=1):
        unit = speakers.get(item.speaker.strip())
        if not 0 < item.minutes <= 600:
            why = _("第 %(n)d 项：时长须在 1 到 600 分钟之间。") % {"n": number}
            raise Refused(why, fields={"agenda": why})
        rows.append(
            AgendaItem(
                conference=conference,
                number=number,
                title=_needed("agenda", item.title, 120),
                minutes=item.minutes,
                speaker=unit,
                speaker_post="" if unit else _needed("agenda", item.speaker, 60, empty=True),
                main=item.main,
            )
        )
    conference.agenda.all().delete()
    AgendaItem.objects.bulk_create(rows)
    _changed(conference, "conference_agenda", [row.title for row in rows], by, at)


def checked_link(link: str, field: str = "link") -> str:
    """A conference address of a kind that we know. It is kept and shown."""
    text = _needed(field, link, 300, empty=True)
    if not text:
        return ""
    why = _("地址须以 http://、https://、h323: 或 sip: 开头，中间没有空格，也不写密码。")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        raise Refused(why, fields={field: why}) from None
    web = parts.scheme in ("http", "https")
    called = parts.netloc.rpartition("@")[2] or parts.path
    wrong = parts.scheme not in SCHEMES or bool(re.search(r"[\s\x00-\x1f\x7f<>\"'\\]", text))
    if wrong or (web and (not host or "@" in parts.netloc)) or not called.strip("/:"):
        raise Refused(why, fields={field: why})
    return text


def _is_convened(conference: Conference) -> bool:
    return conference.matter is not None and conference.matter.state == "convened"


@transaction.atomic
def lay_out_venue(*, conference: Conference, draft: VenueDraft, by: Actor, at: dt.datetime) -> Venue:
    """Add a venue, or enter that of a unit anew: its room is another then, and its test call not done."""
    conference = _locked(conference, by, "planned", "convened")
    venues = Venue.objects.filter(conference=conference)
    told = {
        "room": _needed("room", draft.room, 120),
        "link": checked_link(draft.link),
        "keeper": _needed("keeper", draft.keeper, 60, empty=True),
        "heads": draft.heads,
    }
    if draft.heads is not None and not 0 < draft.heads <= 10000:
        why = _("请填写 %(least)s 到 %(most)s 之间的整数。") % {"least": 1, "most": 10000}
        raise Refused(why, fields={"heads": why})
    if draft.main and venues.filter(main=True).exclude(unit=draft.unit).exists():
        why = _("主会场只有一个，已经登记过了。")
        raise Refused(why, fields={"main": why})
    found = venues.filter(unit=draft.unit, main=draft.main).first()
    if found is None:
        if venues.count() >= MOST_VENUES:
            raise Refused(_("会场最多 %(n)d 个。") % {"n": MOST_VENUES})
        number = (venues.aggregate(n=Max("number"))["n"] or 0) + 1
        found = Venue(conference=conference, unit=draft.unit, main=draft.main, number=number)
    elif draft.main and found.room != told["room"] and _is_convened(conference):
        # What calendars hold is changed by a step alone: it tells them.
        why = _("通知已经发出：换主会场请用“改时间或会场”，各单位才会知道。")
        raise Refused(why, fields={"room": why})
    elif (found.room, found.link) != (told["room"], told["link"]):
        found.tested_at = None
    for name, value in told.items():
        setattr(found, name, value)
    found.save()
    _changed(conference, "conference_venue", f"{draft.unit.code} {told['room']}", by, at)
    return found


@transaction.atomic
def note_test_call(*, conference: Conference, venue: int, by: Actor, at: dt.datetime) -> None:
    """Note that the test call with a branch venue was done."""
    conference = _locked(conference, by, "planned", "convened")
    found = Venue.objects.filter(conference=conference, number=venue).first()
    if found is None:
        raise Refused(_("没有这个会场。"))
    found.tested_at = at
    found.save(update_fields=["tested_at"])
    _changed(conference, "conference_test_call", found.number, by, at)


def resolve(rule: Rule) -> QuerySet[Unit]:
    """The living units that a rule means, in the published order."""
    chosen = Q()
    if rule.kind:
        chosen &= Q(kind=rule.kind)
    if rule.level:
        chosen &= Q(area__level=rule.level)
    if rule.area is not None:
        chosen &= Q(area__path__startswith=rule.area.path)
    if rule.under is not None:
        chosen &= Q(managing=rule.under) | Q(professional=rule.under)
    named = Q(pk__in=[unit.pk for unit in rule.named])
    by_rule = named if chosen == Q() else chosen | named
    return Unit.objects.filter(by_rule, valid_to__isnull=True).order_by(*in_order())


@transaction.atomic
def invite(*, conference: Conference, rule: Rule, by: Actor, at: dt.datetime) -> int:
    """Put the posts that a rule means on the list, which a person checks before it is convened. Returns how many are
    new; a post that is on the list already stays as it is."""
    conference = _locked(conference, by, "planned")
    post = _needed("post", rule.post, 60)
    if rule.seat not in (Invitation.ATTEND, Invitation.OBSERVE):
        why = _("请从所列选项中选择。")
        raise Refused(why, fields={"seat": why})
    units = list(resolve(rule)[: MOST_INVITED + 1])
    if not units:
        raise Refused(_("没有单位符合这条规则。"))
    rows = Invitation.objects.filter(conference=conference)
    had = set(rows.filter(post=post).values_list("unit_id", flat=True))
    new = [unit for unit in units if unit.pk not in had]
    if len(new) + rows.count() > MOST_INVITED:
        raise Refused(_("名单最多 %(n)d 个岗位，请把规则写窄一些。") % {"n": MOST_INVITED})
    last = rows.aggregate(n=Max("number"))["n"] or 0
    Invitation.objects.bulk_create(
        Invitation(conference=conference, number=number, unit=unit, post=post, seat=rule.seat)
        for number, unit in enumerate(new, start=last + 1)
    )
    _changed(conference, "conference_invited", f"{post}: {len(new)}", by, at)
    return len(new)


@transaction.atomic
def strike_off(*, conference: Conference, numbers: Sequence[int], by: Actor, at: dt.datetime) -> int:
    """Take posts off the list again. Returns how many."""
    conference = _locked(conference, by, "planned")
    found = Invitation.objects.filter(conference=conference, number__in=list(numbers))
    gone = found.delete()[0]
    if not gone:
        raise Refused(_("请先勾选要去掉的岗位。"))
    _changed(conference, "conference_struck_off", gone, by, at)
    return gone


def check_secrecy(title: str, secrecy: str) -> None:
    """Refuse what is a state secret, its title included."""
    why = ""
    if secrecy in _SECRECY_CODES or _SECRET.search(title):
        why = _("秘密级及以上的文件不能进本平台，题名也不要写在这里：请按保密规定另行传递。")
    elif secrecy not in ("public", "internal"):
        why = _("请从所列选项中选择。")
    if why:
        raise Refused(why, fields={"secrecy": why})


@transaction.atomic
def add_paper(
    *, conference: Conference, title: str, characters: int | None, secrecy: str, by: Actor, at: dt.datetime
) -> Paper:
    """Enter a paper that will be conveyed, and how long it is. What is a state secret is refused, its title included."""
    conference = _locked(conference, by, "planned", "convened")
    title = _needed("title", title, 300)
    check_secrecy(title, secrecy)
    if characters is not None and not 0 < characters < 1_000_000:
        why = _("请填写整数。")
        raise Refused(why, fields={"characters": why})
    number = (conference.papers.aggregate(n=Max("number"))["n"] or 0) + 1
    paper = Paper.objects.create(conference=conference, number=number, title=title, characters=characters)
    _changed(conference, "conference_paper", title, by, at)
    return paper
