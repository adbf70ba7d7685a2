"""Accusations: who finds one, what of it they see, and what its steps do.

Stricter than every other kind, and apart from them: it stands in no index and no figure,
and no handler's list or hint has it. Intake reads what it takes in, until it has forwarded it; who oversees the petition office sees that one
is on its way; the competent organ has it; and nobody reads it then but by an opening (steps/accusation.py).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.cases import access, effects
from yipanqi.cases.access import PARTICULARS, CaseView, Person
from yipanqi.cases.models import Anonymity, Case
from yipanqi.cases.steps.accusation import OpeningRule, rule_for
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel, Live, Viewer
from yipanqi.core.kinds import Effect, Taking
from yipanqi.core.models import Matter, Move, MovePayload
from yipanqi.core.procedure import Role
from yipanqi.files.queries import of_seal, views
from yipanqi.organisations import barring
from yipanqi.organisations.access import in_any_part, living_postings, matters_with, parts_of_viewer
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.parts import leave_part, set_part
from yipanqi.organisations.queries import parts_of
from yipanqi.organisations.timeline import DueView
from yipanqi.people.models import Account

CODE = "accusation"
HANDLES, APPROVES = "accusations.handle", "accusations.approve"
_BETWEEN_NAMES = re.compile(r"[、，,;；\s]+")


def visible(viewer: Viewer, channel: Channel, live: Live) -> Q | None:
    """A submitter finds what a secret proves; intake what it has not sent on yet; the competent organ what was sent to it;
    who oversees the petition office, or approves openings for it, that there is one. No figure counts any."""
    clause = Q(pk__in=viewer.proved) if viewer.proved and channel in (Channel.PORTAL, Channel.API) else None
    if viewer.account is None or channel not in (Channel.DESK, Channel.COMMAND):
        return clause
    parts = Q(pk__in=[])
    if viewer.has(HANDLES) or viewer.has(APPROVES):
        parts |= parts_of_viewer(viewer, HANDLES, APPROVES, roles=(Part.LEAD,))
    if viewer.has("cases.oversee") or viewer.has(APPROVES):
        parts |= parts_of_viewer(viewer, "cases.oversee", APPROVES, roles=(Part.SENDER,))
    staff = matters_with(parts, live=live)
    if viewer.has("cases.register") or viewer.has("cases.route"):
        intake = parts_of_viewer(viewer, "cases.register", "cases.route", roles=(Part.SENDER,))
        staff |= Q(matters_with(intake, live=live), state="registered")
    return staff if clause is None else clause | staff


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> CaseView:
    """The accusation for this viewer. Whoever filed it reads a page like any other."""
    moment = at or timezone.now()
    view = access.present(matter, viewer, channel, moment)
    moves = list(Move.objects.filter(matter=matter).order_by("number"))
    if viewer.account is None:
        return _plain(view, moves, matter)
    sealed = any(move.step in ("route", "send_out") for move in moves)
    parts = parts_of([matter.pk]).get(matter.pk, [])
    opened = _opening(moves, viewer, moment)
    original = None if sealed else view.original
    person = Person(view.anonymity, masked=True)
    case = Case.objects.select_related("submission").get(pk=matter.pk)
    if opened is not None:
        fields = access.sealed_of(case)
        original = {name: fields.get(name, "") for name in ("title", "text", "place", "point")}
        if opened and case.submission.anonymity == Anonymity.NAMED:
            known = {name: fields.get(name, "") for name in PARTICULARS}
            beside = access.beside_of(case, fields)
            person = Person(view.anonymity, masked=False, beside=beside, **known)
    files = [] if original is None else views(of_seal(case.submission.seal_id), original=True)
    return replace(
        view,
        title="",
        text=None,
        text_withheld=original is None,
        gathering=None if original is None else view.gathering,
        original=original,
        person=person if sealed else view.person,
        files=files,
        point=None,
        documents=[],
        request=_request(case, parts, viewer),
    )


def _request(case: Case, parts: list[Part], viewer: Viewer) -> dict[str, object]:
    """What is asked to be opened, for those whose decision it is."""
    decides = in_any_part(parts, viewer, APPROVES, Part.SENDER, Part.LEAD)
    return {name: case.request[name] for name in ("purpose", "person") if decides and name in case.request}


def _plain(view: CaseView, moves: list[Move], matter: Matter) -> CaseView:
    """The submitter's page: neither a unit's name nor what a limit rests on says what it was, and what the organ opened
    stands there, by its policy, once it is out of its hands."""
    led = {place for place, move in enumerate(moves, start=1) if move.actor_role == Role.LEAD}
    rule = rule_for(Role.LEAD, day_of(matter.opened_at))
    wait = matter.open and (rule is None or rule.shown_after_end)
    events = []
    for event in view.events:
        of_organ = event.number in led
        if of_organ and event.step == "open_seal" and wait:
            continue
        due = [_without_basis(one) for one in event.due]
        events.append(replace(event, due=due, who=_("负责单位") if of_organ else event.who))
    dues = [_without_basis(one) for one in view.dues]
    return replace(view, unit="", unit_telephone="", events=events, dues=dues, text_withheld=False)


def _without_basis(due: DueView) -> DueView:
    """How its date was counted, but not the rule: that may name the organ."""
    basis = str(due.basis)
    return replace(due, basis="", lines=[line for line in due.lines if not basis or basis not in line])


def _opening(moves: list[Move], viewer: Viewer, at: dt.datetime) -> bool | None:
    """Whether the viewer's own opening lasts, and (the value) whether it is one of the person as well; None: it is shut."""
    for move in reversed(moves):
        if move.step == "open_seal" and move.actor_account == viewer.account is not None:
            rule = rule_for(Role(move.actor_role), day_of(move.at))
            if rule is None or not move.at <= at < move.at + dt.timedelta(minutes=rule.minutes):
                return None
            asked = _asked_before(moves, move.number)
            return asked is not None and bool(_payload(asked).get("person"))
    return None


def _payload(move: Move) -> dict[str, object]:
    """What a move says; nothing of one that was erased."""
    kept = MovePayload.objects.filter(move=move).values_list("body", flat=True).first()
    return dict(json.loads(kept)) if kept else {}


def _asked_before(moves: list[Move], number: int) -> Move | None:
    return next((m for m in reversed(moves) if m.step == "ask_opening" and m.number < number), None)


# --- what the steps do ---------------------------------------------------------------------------------------------


def accused_of(answers: dict[str, object], at: dt.datetime) -> tuple[list[Unit], list[Account]]:
    """Who was chosen as accused, taken out of the answers: no payload keeps it. Raises `Refused` where nobody was and it
    was not said that there is nobody."""
    units: list[Unit] = list(answers.pop("accused") or [])  # type: ignore[call-overload]
    accounts = _leaders(str(answers.pop("leaders") or ""), at)
    nobody = answers.pop("nobody")
    if not (units or accounts or nobody):
        why = _("请写明被检举控告的单位或人；都不在本平台上的，勾选最后一项。")
        raise Refused(why, fields={"accused": why})
    if nobody and (units or accounts):
        why = _("已经写了被检举控告的一方，不要再勾选这一项。")
        raise Refused(why, fields={"nobody": why})
    return units, accounts


def _leaders(text: str, at: dt.datetime) -> list[Account]:
    found = []
    for name in filter(None, _BETWEEN_NAMES.split(text)):
        holders = living_postings(at).values("account")
        known = list(Account.objects.filter(Q(login=name) | Q(name=name), pk__in=holders)[:2])
        if len(known) != 1:
            no = _("没有叫“%(name)s”的账号：请核对，或者只填上面的单位。") % {"name": name}
            several = _("有几个账号叫“%(name)s”，请填登录名。") % {"name": name}
            why = several if known else no
            raise Refused(why, fields={"leaders": why})
        found += known
    return found


def _shut(taking: Taking) -> None:
    units, accounts = accused_of(taking.answers, taking.at)
    barring.bar(matter=taking.matter, units=units, accounts=accounts, at=taking.at)


def _route(taking: Taking) -> None:
    """Bars first: no organ gets what is about itself or about whoever stands above it. A unit without the power over
    accusations is refused in the same words, so that the refusal does not tell who is accused."""
    _shut(taking)
    organ: Unit = taking.answers["unit"]
    if not _competent(organ, taking.at):
        raise barring.cannot_go(organ)
    set_part(matter=taking.matter, unit=organ, role=Part.LEAD, at=taking.at)


def _competent(unit: Unit, at: dt.datetime) -> bool:
    """Whether somebody of the unit itself has the power to handle accusations."""
    posts = living_postings(at).filter(unit=unit)
    return any(HANDLES in post.role.capabilities for post in posts)


def _return(taking: Taking) -> None:
    leave_part(matter=taking.matter, roles=(Part.LEAD,), at=taking.at, because="")


def _send_out(taking: Taking) -> None:
    if taking.answers["sent_on"] > day_of(taking.at):
        why = _("转送日期不能晚于今天。")
        raise Refused(why, fields={"sent_on": why})
    _shut(taking)


def _conclude(taking: Taking) -> None:
    given, answer = taking.answers["outcome"] == "answered", taking.answers["answer"]
    if given and not answer:
        why = _("按规定答复本人的，请写上答复。")
        raise Refused(why, fields={"answer": why})


def _role_of(taking: Taking) -> Role:
    """In which part somebody acts who may have a part in both units: as the engine chooses it."""
    living = parts_of([taking.matter.pk]).get(taking.matter.pk, [])
    for role in taking.step.by:
        if in_any_part(living, taking.by.viewer, taking.step.needed(role), role.value):
            return role
    raise Refused(_("没有这个事项，或者您无权办理。"))


def _ask_opening(taking: Taking) -> None:
    role = _role_of(taking)
    rule = rule_for(role, day_of(taking.at))
    if rule is None or not _deciders(taking, rule):
        raise Refused(_("没有规定谁能批准，或者现在没有人能批准：不能打开。"))
    account = str(taking.by.viewer.account)
    taking.subject.request = {
        "purpose": taking.answers["purpose"],
        "person": bool(taking.answers["person"]),
        "by": account,
        "role": role.value,
        "agreed": {},
    }
    taking.subject.save(update_fields=["request"])


def _deciders(taking: Taking, rule: OpeningRule) -> bool:
    """Whether for one of the alternatives each part has somebody who may approve."""
    living = [p for p in parts_of([taking.matter.pk]).get(taking.matter.pk, []) if p.until is None]
    holders = [p for p in living_postings(taking.at) if APPROVES in p.role.capabilities]
    able = {p.role for p in living if any(p.unit.path.startswith(post.unit.path) for post in holders)}
    return any({role.value for role in alternative} <= able for alternative in rule.approvers)


def _agree(taking: Taking) -> None:
    """One of those whom the rule names agrees, each for one part and none for both."""
    request, account, role = dict(taking.subject.request), str(taking.by.viewer.account), _role_of(taking)
    rule = rule_for(Role(request.get("role", "")), day_of(taking.at))
    agreed = dict(request.get("agreed", {}))
    if account == request.get("by"):
        raise Refused(_("申请打开的人不能自己批准。"))
    if account in agreed.values() or role.value in agreed:
        raise Refused(_("这个单位已经同意过，还要另一个单位的负责人同意。"))
    if rule is None or not any(role in alternative for alternative in rule.approvers):
        raise Refused(_("按规定这次打开不由您批准。"))
    agreed[role.value] = account
    taking.subject.request = request | {"agreed": agreed}
    taking.subject.save(update_fields=["request"])
    enough = any({each.value for each in alternative} <= agreed.keys() for alternative in rule.approvers)
    taking.then.append(("grant_opening" if enough else "opening_waits", {}))


def _decided(taking: Taking) -> None:
    taking.subject.request = {}
    taking.subject.save(update_fields=["request"])


def _open_seal(taking: Taking) -> None:
    """Only what was granted to this very person, for this purpose, once, and not long ago."""
    moves = list(taking.matter.moves.order_by("number"))
    granted = next((m for m in reversed(moves) if m.step == "grant_opening"), None)
    asked = _asked_before(moves, granted.number) if granted else None
    rule = rule_for(_role_of(taking), day_of(taking.at))
    used = granted and any(
        m.step in ("open_seal", "ask_opening") and m.number > granted.number for m in moves
    )
    mine = asked is not None and asked.actor_account == taking.by.viewer.account is not None
    if granted is None or asked is None or rule is None or used or not mine:
        raise Refused(_("还没有批准您打开，请先申请。"))
    if taking.at >= granted.at + dt.timedelta(days=rule.days):
        raise Refused(_("批准已经过期，请重新申请。"))
    if _payload(asked).get("purpose") != taking.answers["purpose"]:
        why = _("用途须和批准的一样。")
        raise Refused(why, fields={"purpose": why})


EFFECTS: dict[str, Effect] = {
    "route": _route,
    "send_out": _send_out,
    "return_it": _return,
    "conclude": _conclude,
    "ask_opening": _ask_opening,
    "agree_opening": _agree,
    "agree_second": _agree,
    "refuse_opening": _decided,
    "refuse_second": _decided,
    "grant_opening": _decided,
    "open_seal": _open_seal,
    "end_mandate": effects.EFFECTS["order"]["end_mandate"],
    "hand_over": effects.EFFECTS["order"]["end_mandate"],
}
