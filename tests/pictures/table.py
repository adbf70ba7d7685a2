"""What is pictured: every address that shows a page, in the states worth looking at, and who looks.

A new address fails the pictures, and a quick test, until it stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from tests.pictures import doings as do
from tests.pictures.stage import LONG, Address, Shot, Stage

PORTAL, DESK, ADMINISTRATION = "portal", "desk", "administration"
SHEETS = (PORTAL, DESK, ADMINISTRATION)

# Addresses that show no page of their own, and why.
NO_PICTURE: Mapping[str, str] = {
    "set_language": "posts and leads back",
    "set_elder": "posts and leads back",
    "health": "one word for a machine",
    "api:submissions": "for programs",
    "api:track": "for programs",
    "api:description": "for programs",
    "api:description_head": "for programs",
    "api:root": "for programs",
    "api:unknown": "for programs",
    "portal:filed": "posts; its page is the one that shows the secret, pictured with the form",
    "portal:step": "posts; its refusals are pictured with the case",
    "portal:end": "posts and leads home",
    "portal:leave": "leads away from here",
    "desk:sign_out": "posts and leads to sign in",
    "desk:step": "posts; its refusals are pictured with the matter",
    "desk:external": "posts; its refusals are pictured with the matter",
    "desk:deactivate": "posts and leads back to the accounts",
}


def at(address: str) -> Address:
    return lambda _stage: address


def matter(login: str, *states: str, unfold: str = "", **more: object) -> Address:
    return lambda stage: stage.page_of(login, *states, unfold=unfold, **more)


def line(name: str, query: str = "", **which: object) -> Address:
    return lambda stage: reverse(name, args=[stage.line(**which).pk]) + query


def conference(name: str, query: str = "") -> Address:
    return lambda stage: reverse(name, args=[stage.conference.pk]) + query


def _looks(stage: Stage) -> str:
    return f"/desk/access-log/?login=clerk&since={stage.day(-1)}T00:00&until={stage.day(1)}T00:00"


PORTAL_SHOTS: Mapping[str, Sequence[Shot]] = {
    "portal:home": [Shot("home", PORTAL), Shot("home-large", PORTAL, large=True)],
    "portal:how": [Shot("how", PORTAL)],
    "portal:privacy": [Shot("privacy", PORTAL)],
    "portal:accessibility": [Shot("accessibility", PORTAL)],
    "portal:file": [
        Shot("file-what", PORTAL),
        Shot("file-what-wrong", PORTAL, do=do.filed_wrongly),
        Shot("file-what-large", PORTAL, large=True),
        Shot("file-where", PORTAL, do=do.filing("where")),
        Shot("file-known", PORTAL, do=do.filing("known")),
        Shot("file-contact", PORTAL, do=do.filing("contact")),
        Shot("file-contact-wrong", PORTAL, do=do.contact_wrongly),
        Shot("file-check", PORTAL, do=do.filing("check")),
        Shot("filed", PORTAL, do=do.filed),
        Shot("filed-twice", PORTAL, do=do.filed_twice),
    ],
    "portal:track": [
        Shot("track", PORTAL),
        Shot("track-wrong", PORTAL, do=do.tracked_wrongly),
        Shot("refused-403", PORTAL, do=do.without_cookie),
    ],
    "portal:case": [
        Shot("case-judged", PORTAL, address=at("/track/"), do=do.tracking("served", verdicts__isnull=False)),
        Shot("case-registered", PORTAL, address=at("/track/"), do=do.tracking("registered")),
        Shot("case-handling", PORTAL, address=at("/track/"), do=do.tracking("handling")),
        Shot("case-asked", PORTAL, address=at("/track/"), do=do.tracking("asked")),
        Shot("case-held", PORTAL, address=at("/track/"), do=do.tracking("on_hold")),
        Shot("case-served", PORTAL, address=at("/track/"), do=do.tracking("served", verdicts__isnull=True)),
        Shot("case-served-wrong", PORTAL, address=at("/track/"), do=do.judged_wrongly),
        Shot("case-second", PORTAL, address=at("/track/"), do=do.tracking("handling", round=2)),
        Shot("case-closed", PORTAL, address=at("/track/"), do=do.tracking("closed")),
        Shot(
            "case-served-large",
            PORTAL,
            address=at("/track/"),
            do=do.tracking("served", verdicts__isnull=True),
            large=True,
        ),
    ],
    "gallery": [
        Shot("gallery", ADMINISTRATION),
        Shot("gallery-desk", ADMINISTRATION, address=at("/gallery/?frame=desk")),
    ],
}

BOARD_SHOTS: Mapping[str, Sequence[Shot]] = {
    "desk:board": [Shot("board", DESK, "deputy"), Shot("board-head", DESK, "head")],
    "desk:line": [
        Shot("line-tasks", DESK, "drafter", line("desk:line", tasks__isnull=False)),
        Shot("line-late", DESK, "deputy", line("desk:line", "?show=late", bindings__isnull=False)),
        Shot("line-principle", DESK, "deputy", line("desk:line", principle=True)),
    ],
    "desk:conference": [
        Shot("conference-tasks", DESK, "deputy", conference("desk:conference")),
        Shot("conference-blind", DESK, "drafter", conference("desk:conference", "?show=open")),
    ],
    "desk:meetings": [Shot("meetings", DESK, "drafter")],
    "desk:new_conference": [
        Shot("new-conference", DESK, "drafter"),
        Shot("new-conference-wrong", DESK, "drafter", do=do.fill(title="示例市社会工作会议")),
    ],
    "desk:new_lines": [Shot("new-lines", DESK, "drafter", conference("desk:new_lines"))],
    "desk:new_task": [
        Shot("new-task", DESK, "drafter", line("desk:new_task", principle=False)),
        Shot(
            "new-task-wrong",
            DESK,
            "drafter",
            line("desk:new_task", principle=False),
            do.fill(title="更换老旧路灯", goal=LONG, milestones="明天 更换"),
        ),
    ],
    "desk:bind_line": [Shot("bind-line", DESK, "drafter", line("desk:bind_line", principle=False))],
}

MATTER_SHOTS: Mapping[str, Sequence[Shot]] = {
    "desk:queue": [
        Shot("queue-clerk", DESK, "clerk"),
        Shot("queue-handler", DESK, "handler"),
        Shot("queue-deputy", DESK, "deputy", at("/desk/queue/?whose=all&when=late")),
        Shot("queue-empty", DESK, "stranger"),
        Shot("queue-no-such", DESK, "clerk", at("/desk/queue/?number=K7MQ-3Q9X-D")),
    ],
    "desk:pressed": [Shot("pressed", DESK, "chief"), Shot("pressed-empty", DESK, "head")],
    "desk:matter": [
        Shot("matter-clear", DESK, "clerk", matter("clerk", "registered", unfold="clear")),
        Shot(
            "matter-route", DESK, "clerk", matter("clerk", "registered", unfold="route", case__cleared=True)
        ),
        Shot("matter-forwarded", DESK, "chief", matter("chief", "forwarded")),
        Shot("matter-answer", DESK, "handler", matter("handler", "handling", unfold="answer")),
        Shot(
            "matter-answer-wrong",
            DESK,
            "handler",
            matter("handler", "handling", unfold="answer"),
            do.step_wrongly("answer", text=LONG),
        ),
        Shot("matter-too-late", DESK, "handler", matter("handler", "handling", unfold="answer"), do.too_late),
        Shot("matter-all", DESK, "handler", matter("handler", "handling"), do.unfold_all),
        Shot("matter-serve", DESK, "auditor", matter("auditor", "answered", unfold="serve")),
        Shot("matter-callback", DESK, "callback", matter("callback", "served", unfold="record_verdict")),
        Shot("matter-held", DESK, "chief", matter("chief", "on_hold")),
        Shot("matter-overseen", DESK, "deputy", matter("deputy", "handling", unfold="open_text")),
        Shot("matter-external-wrong", DESK, "clerk", matter("clerk", "registered"), do.external_wrongly),
        Shot("task-check", DESK, "deputy", matter("deputy", "closing", unfold="send_back", kind="task")),
        Shot("task-work", DESK, "deputy", matter("deputy", "working", kind="task")),
        Shot("not-found", DESK, "clerk", at("/desk/nowhere/")),
    ],
    "desk:intake": [
        Shot("intake", DESK, "clerk"),
        Shot("intake-wrong", DESK, "clerk", do=do.fill(title="路灯" * 60)),
        Shot("taken-in", DESK, "clerk", do=do.taken_in),
        Shot("taken-in-twice", DESK, "clerk", do=do.taken_in_twice),
    ],
    "desk:lost": [
        Shot("lost", DESK, "clerk"),
        Shot("lost-found", DESK, "clerk", do=do.looked_up(do.FILED["phone"])),
        Shot("lost-not-found", DESK, "clerk", do=do.looked_up("13000000000")),
    ],
}

ADMINISTRATION_SHOTS: Mapping[str, Sequence[Shot]] = {
    "desk:sign_in": [
        Shot("sign-in", ADMINISTRATION),
        Shot("sign-in-wrong", ADMINISTRATION, do=do.fill(login="clerk", password="not this one")),
    ],
    "desk:nothing": [Shot("no-post", ADMINISTRATION, "newcomer")],
    "desk:units": [Shot("units", ADMINISTRATION, "sysadmin")],
    "desk:unit": [
        Shot("unit", ADMINISTRATION, "sysadmin", lambda stage: reverse("desk:unit", args=[stage.unit.pk]))
    ],
    "desk:limits": [
        Shot("limits", ADMINISTRATION, "sysadmin"),
        Shot("limits-wrong", ADMINISTRATION, "sysadmin", do=do.fill(amount="0")),
    ],
    "desk:calendar": [
        Shot("calendar", ADMINISTRATION, "sysadmin"),
        Shot("calendar-wrong", ADMINISTRATION, "sysadmin", do=do.previewed),
    ],
    "desk:accounts": [Shot("accounts", ADMINISTRATION, "secadmin")],
    "desk:access_log": [
        Shot("access-log", ADMINISTRATION, "audadmin"),
        Shot("access-log-clerk", ADMINISTRATION, "audadmin", _looks),
    ],
}

SHOTS: Mapping[str, Sequence[Shot]] = {
    **PORTAL_SHOTS,
    **BOARD_SHOTS,
    **MATTER_SHOTS,
    **ADMINISTRATION_SHOTS,
}
