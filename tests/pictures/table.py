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
    "set_display": "posts and leads back",
    "policy_report": "takes reports of browsers",
    "health": "one word for a machine",
    "plan": "a file",
    "api:submissions": "for programs",
    "api:track": "for programs",
    "api:description": "for programs",
    "api:description_head": "for programs",
    "api:root": "for programs",
    "api:unknown": "for programs",
    "portal:filed": "posts; its page is the one that shows the secret, pictured with the form",
    "portal:document": "a file",
    "desk:document": "a file",
    "portal:document_page": "the document of the case that is pictured, in large print",
    "desk:document_page": "the document of the case that is pictured, in large print",
    "desk:report_mail": "a mail in a mailbox, which no demonstration has",
    "portal:receipt": "a file",
    "portal:case_receipt": "a file",
    "portal:receipt_file": "a file",
    "portal:checkpoints": "a file",
    "portal:check_receipt_file": "a file",
    "portal:step": "posts; its refusals are pictured with the case",
    "portal:messages": "posts and leads back to the case",
    "portal:end": "posts and leads home",
    "portal:leave": "leads away from here",
    "desk:sign_out": "posts and leads to sign in",
    "desk:keys": "posts and leads back",
    "desk:step": "posts; its refusals are pictured with the matter",
    "desk:typed": "posts and leads back; what was kept is pictured with the matter",
    "desk:presence": "one line for a script",
    "desk:order": "shown after a post, for ten seconds",
    "desk:views": "posts and leads back to the queue, where views are pictured",
    "desk:external": "posts; its refusals are pictured with the matter",
    "desk:accuse": "posts and leads to the accusation or back",
    "desk:failed_rows": "a file",
    "desk:meeting_file": "a file",
    "desk:meeting_sheet": "a file",
    "desk:plan_print": "a file",
    "desk:feed": "for programs",
    "desk:rows_out": "a file",
    "desk:looks_out": "a file",
    "desk:give": "posts and gives a file",
    "desk:file": "a file",
    "desk:deactivate": "posts and leads back to the accounts",
    "desk:queue_out": "a file",
    "desk:conference_out": "a file",
    "desk:tasks_out": "a file",
    "desk:period_out": "a file",
    "desk:task_out": "a file",
    "desk:try_again": "posts and leads back to the work behind the pages",
    "desk:bulk": "shown after a post",
    "desk:end_stand_in": "posts and leads back to the stand-ins",
}


def at(address: str) -> Address:
    return lambda _stage: address


def matter(login: str, *states: str, unfold: str = "", **more: object) -> Address:
    return lambda stage: stage.page_of(login, *states, unfold=unfold, **more)


def line(name: str, query: str = "", **which: object) -> Address:
    return lambda stage: reverse(name, args=[stage.line(**which).pk]) + query


def conference(name: str, query: str = "") -> Address:
    return lambda stage: reverse(name, args=[stage.conference.pk]) + query


def instructed(name: str, query: str = "") -> Address:
    """An address of a leader's instruction, by its matter, or the list in which it stands."""

    def address(stage: Stage) -> str:
        matter = stage.instruction.matter_id
        return reverse(name, args=[] if name == "desk:meetings" else [matter]) + query

    return address


def mechanism(name: str) -> Address:
    return lambda stage: reverse(name, args=[stage.mechanism.pk])


def exchange(name: str) -> Address:
    return lambda stage: reverse(name, args=[] if name == "desk:exchanges" else [stage.exchange.pk])


def planned(name: str, query: str = "", *, which: str = "convened") -> Address:
    """An address of a conference that is planned at the desk: by its matter, or by itself."""

    def found(stage: Stage) -> str:
        one = stage.planned[which]
        return reverse(name, args=[one.matter_id if name == "desk:matter" else one.pk]) + query

    return found


def decomposed(query: str) -> Address:
    """A decomposition plan on which units are consulted."""
    return lambda stage: reverse("desk:matter", args=[stage.decomposed.pk]) + query


def _published(stage: Stage) -> str:
    return reverse("portal:other", args=[stage.published])


def _looks(stage: Stage) -> str:
    return f"/desk/access-log/?login=clerk&since={stage.day(-1)}T00:00&until={stage.day(1)}T00:00"


PORTAL_SHOTS: Mapping[str, Sequence[Shot]] = {
    "portal:home": [
        Shot("home", PORTAL),
        Shot("home-contrast", PORTAL, contrast=True),
    ],
    "portal:how": [Shot("how", PORTAL)],
    "portal:figures": [Shot("figures", PORTAL)],
    "portal:others": [
        Shot("others", PORTAL),
        Shot("others-none", PORTAL, address=at("/others/?kind=claim&category=education")),
    ],
    "portal:other": [Shot("other", PORTAL, address=_published)],
    "portal:privacy": [Shot("privacy", PORTAL)],
    "portal:check_receipt": [
        Shot("check-receipt", PORTAL),
        Shot("check-receipt-good", PORTAL, do=do.check_a_receipt),
    ],
    "portal:children": [Shot("children", PORTAL)],
    "portal:accessibility": [Shot("accessibility", PORTAL)],
    "portal:file": [
        Shot("file-kind", PORTAL),
        Shot("file-what", PORTAL, do=do.filing("what")),
        Shot("file-what-claim", PORTAL, do=do.filing("what", kind="claim")),
        Shot("file-what-wrong", PORTAL, do=do.filed_wrongly),
        Shot("file-where", PORTAL, do=do.filing("where")),
        Shot("file-where-map", PORTAL, do=do.pointed),
        Shot("file-check-map", PORTAL, do=do.pointed_and_checked),
        Shot("file-files", PORTAL, do=do.filing("files")),
        Shot("file-files-some", PORTAL, do=do.enclosed),
        Shot("file-known", PORTAL, do=do.filing("known")),
        Shot("file-known-claim", PORTAL, do=do.filing("known", kind="claim")),
        Shot("file-contact", PORTAL, do=do.filing("contact")),
        Shot("file-contact-wrong", PORTAL, do=do.contact_wrongly),
        Shot("file-known-for-another", PORTAL, do=do.for_another("helper")),
        Shot("file-contact-helper", PORTAL, do=do.for_another("helper", "named")),
        Shot("file-contact-guardian", PORTAL, do=do.for_another("guardian", "named")),
        Shot("file-check", PORTAL, do=do.filing("check")),
        Shot("file-saved", PORTAL, do=do.saved),
        Shot("filed", PORTAL, do=do.filed),
        Shot("filed-claim", PORTAL, do=do.filed_claim),
        Shot("filed-twice", PORTAL, do=do.filed_twice),
    ],
    "portal:call_me": [
        Shot("call-me", PORTAL),
        Shot("call-me-wrong", PORTAL, do=do.fill(number="1990")),
        Shot("call-me-noted", PORTAL, address=at("/call-me/?noted=1")),
    ],
    "portal:resume": [
        Shot("resume", PORTAL),
        Shot("resume-wrong", PORTAL, do=do.resumed_wrongly),
    ],
    "portal:track": [
        Shot("track", PORTAL),
        Shot("track-wrong", PORTAL, do=do.tracked_wrongly),
        Shot("refused-403", PORTAL, do=do.without_cookie),
    ],
    "portal:case": [
        Shot("case-judged", PORTAL, address=at("/track/"), do=do.tracking("served", verdicts__isnull=False)),
        Shot("case-registered", PORTAL, address=at("/track/"), do=do.tracking("registered")),
        Shot("case-handling", PORTAL, address=at("/track/"), do=do.tracking("handling", round=1)),
        Shot("case-asked", PORTAL, address=at("/track/"), do=do.tracking("asked")),
        Shot("case-held", PORTAL, address=at("/track/"), do=do.tracking("on_hold")),
        Shot("case-served", PORTAL, address=at("/track/"), do=do.tracking("served", verdicts__isnull=True)),
        Shot("case-served-wrong", PORTAL, address=at("/track/"), do=do.judged_wrongly),
        Shot("case-second", PORTAL, address=at("/track/"), do=do.tracking("handling", round=2)),
        Shot(
            "case-closed", PORTAL, address=at("/track/"), do=do.tracking("closed", publication__isnull=True)
        ),
        Shot(
            "case-published",
            PORTAL,
            address=at("/track/"),
            do=do.tracking("closed", publication__withdrawn_at__isnull=True, publication__isnull=False),
        ),
    ],
    "gallery": [
        Shot("gallery", ADMINISTRATION),
        Shot("gallery-desk", ADMINISTRATION, address=at("/gallery/?frame=desk")),
    ],
}

BOARD_SHOTS: Mapping[str, Sequence[Shot]] = {
    "desk:board": [
        Shot("board", DESK, "deputy"),
        Shot("board-head", DESK, "head"),
        Shot("board-meeting", DESK, "deputy", at("/desk/?view=meeting")),
        Shot("board-meetings", DESK, "deputy", at("/desk/?view=meetings")),
        Shot("board-plan", DESK, "deputy", at("/desk/?view=plan")),
        Shot("board-joint", DESK, "deputy", at("/desk/?view=joint")),
        Shot("board-tasks", DESK, "deputy", at("/desk/?view=tasks")),
    ],
    "desk:line": [
        Shot("line-tasks", DESK, "drafter", line("desk:line", tasks__isnull=False)),
        Shot("line-late", DESK, "deputy", line("desk:line", "?show=late", bindings__isnull=False)),
        Shot("line-principle", DESK, "deputy", line("desk:line", principle=True)),
    ],
    "desk:conference": [
        Shot("conference-tasks", DESK, "deputy", conference("desk:conference")),
        Shot("conference-blind", DESK, "drafter", conference("desk:conference", "?show=open")),
    ],
    "desk:meetings": [
        Shot("meetings", DESK, "drafter"),
        Shot("instructions", DESK, "drafter", instructed("desk:meetings", "?kind=instruction")),
    ],
    "desk:report": [Shot("report", DESK, "deputy", conference("desk:report"))],
    "desk:from_report": [
        Shot("from-report", DESK, "drafter"),
        Shot("from-report-wrong", DESK, "drafter", do=do.fill(text="")),
        Shot("from-report-read", DESK, "drafter", do=do.report_read),
        Shot("from-report-none", DESK, "drafter", do=do.letter_read),
    ],
    "desk:report_mails": [Shot("report-mails-unset", DESK, "drafter")],
    "desk:new_conference": [
        Shot("new-conference", DESK, "drafter"),
        Shot("new-conference-wrong", DESK, "drafter", do=do.fill(title="示例市社会工作会议")),
    ],
    "desk:new_plan": [
        Shot("new-plan", DESK, "drafter", conference("desk:new_plan")),
        Shot("new-plan-wrong", DESK, "drafter", conference("desk:new_plan"), do.fill(title="")),
    ],
    "desk:plan_meeting": [
        Shot("plan-meeting", DESK, "drafter"),
        Shot("plan-meeting-wrong", DESK, "drafter", do=do.fill(title="示例会议")),
    ],
    "desk:register_instruction": [
        Shot("register-instruction", DESK, "drafter"),
        Shot("register-instruction-wrong", DESK, "drafter", do=do.fill(title="关于歇脚点的请示")),
    ],
    "desk:exchanges": [Shot("exchanges", DESK, "drafter", exchange("desk:exchanges"))],
    "desk:exchange": [Shot("exchange", DESK, "handler", exchange("desk:exchange"))],
    "desk:keep_exchange": [Shot("keep-exchange", DESK, "drafter", exchange("desk:keep_exchange"))],
    "desk:new_mechanism": [Shot("new-mechanism", DESK, "drafter")],
    "desk:mechanism": [Shot("mechanism", DESK, "drafter", mechanism("desk:mechanism"))],
    "desk:change_mechanism": [Shot("change-mechanism", DESK, "drafter", mechanism("desk:change_mechanism"))],
    "desk:keep_scan": [Shot("keep-scan", DESK, "drafter", instructed("desk:keep_scan"))],
    "desk:paper_file": [
        Shot(
            "paper-file",
            DESK,
            "drafter",
            lambda stage: reverse("desk:paper_file", args=[stage.planned["convened"].matter_id, 1]),
        )
    ],
    "desk:roster": [Shot("roster", DESK, "drafter", planned("desk:roster"))],
    "desk:subscription": [Shot("subscription", DESK, "handler")],
    "desk:prepare": [Shot("prepare", DESK, "drafter", planned("desk:prepare", which="next"))],
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
    "desk:break_down": [
        Shot(
            "break-down",
            DESK,
            "drafter",
            lambda stage: reverse(
                "desk:break_down", args=[stage.matter("drafter", "working", kind="task").pk]
            ),
        )
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
    "desk:approvals": [
        Shot("approvals", DESK, "chief"),
        Shot("approvals-tasks", DESK, "deputy"),
        Shot("approvals-head", DESK, "head"),
    ],
    "desk:calls": [Shot("calls", DESK, "callback"), Shot("calls-empty", DESK, "clerk")],
    "desk:call": [Shot("call", DESK, "callback", do=do.first_call, address=at("/desk/calls/"))],
    "desk:call_request": [Shot("call-asked", DESK, "clerk", do=do.call_asked, address=at("/desk/calls/"))],
    "desk:search": [
        Shot("search", DESK, "clerk"),
        Shot("search-found", DESK, "clerk", do=do.searched("路灯")),
        Shot("search-best", DESK, "clerk", do=do.searched("灯 路", best=True)),
        Shot("search-none", DESK, "handler", do=do.searched("没有人说过的话")),
        Shot("search-nothing", DESK, "clerk", do=do.searched(" ")),
    ],
    "desk:notices": [
        Shot("notices", DESK, "clerk"),
        Shot("notices-all", DESK, "handler", at("/desk/notices/?show=all")),
        Shot("notices-none", DESK, "stranger"),
    ],
    "desk:closed": [
        Shot("closed", DESK, "deputy", at("/desk/closed/?days=30")),
        Shot("closed-empty", DESK, "stranger"),
    ],
    "desk:pressed": [Shot("pressed", DESK, "chief"), Shot("pressed-empty", DESK, "head")],
    "desk:matter": [
        Shot("matter-files", DESK, "handler", matter("handler", "handling", case__released__isnull=False)),
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
        Shot(
            "matter-publish",
            DESK,
            "auditor",
            matter(
                "auditor",
                "closed",
                unfold="publish",
                moves__step="offer_publication",
                case__publication__isnull=True,
            ),
        ),
        Shot("matter-external-wrong", DESK, "clerk", matter("clerk", "registered"), do.external_wrongly),
        Shot("meeting-convened", DESK, "deputy", planned("desk:matter")),
        Shot("instruction", DESK, "drafter", instructed("desk:matter")),
        Shot("meeting-reply", DESK, "handler", planned("desk:matter", "?step=reply")),
        Shot("plan-consulted", DESK, "deputy", decomposed("?step=decide")),
        Shot("plan-dispute", DESK, "handler", decomposed("?step=dispute")),
        Shot("task-check", DESK, "deputy", matter("deputy", "closing", unfold="send_back", kind="task")),
        Shot("task-work", DESK, "deputy", matter("deputy", "working", kind="task")),
        Shot("not-found", DESK, "clerk", at("/desk/nowhere/")),
    ],
    "desk:templates": [
        Shot("templates", DESK, "head"),
        Shot("templates-wrong", DESK, "head", do=do.fill(title="息访", text="请您{nobody}")),
    ],
    "desk:intake": [
        Shot("intake", DESK, "clerk"),
        Shot("intake-wrong", DESK, "clerk", do=do.fill(title="路灯" * 60)),
        Shot("intake-damaged", DESK, "clerk", do=do.taken_in_damaged),
        Shot("intake-mending", DESK, "clerk", do=do.mending),
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
    "desk:second": [Shot("second", ADMINISTRATION, address=at("/desk/sign-in/"), do=do.second_asked)],
    "desk:factor": [
        Shot("factor", ADMINISTRATION, address=at("/desk/sign-in/"), do=do.factor_offered),
        Shot("recovery-codes", ADMINISTRATION, address=at("/desk/sign-in/"), do=do.codes_shown),
    ],
    "desk:set_up": [
        Shot("set-up", ADMINISTRATION),
        Shot("set-up-wrong", ADMINISTRATION, do=do.fill(login="clerk", code="7KXQ", new="short", again="x")),
    ],
    "desk:account": [
        Shot("account", ADMINISTRATION, "clerk"),
        Shot("account-bare", ADMINISTRATION, "newcomer"),
    ],
    "desk:password": [
        Shot("password", ADMINISTRATION, "clerk"),
        Shot(
            "password-wrong",
            ADMINISTRATION,
            "clerk",
            do=do.fill(old="x", new="clerk-2026", again="clerk-2026"),
        ),
    ],
    "desk:confirm": [Shot("confirm", ADMINISTRATION, "clerk")],
    "desk:reset": [
        Shot("reset", ADMINISTRATION, "secadmin", lambda stage: stage.reset_page(), do.confirmed),
        Shot(
            "reset-done",
            ADMINISTRATION,
            "secadmin",
            lambda stage: stage.reset_page(),
            do.reset_done,
        ),
    ],
    "desk:nothing": [Shot("no-post", ADMINISTRATION, "newcomer")],
    "desk:units": [Shot("units", ADMINISTRATION, "sysadmin")],
    "desk:unit": [
        Shot("unit", ADMINISTRATION, "sysadmin", lambda stage: reverse("desk:unit", args=[stage.unit.pk]))
    ],
    "desk:imports": [
        Shot("imports", DESK, "clerk"),
        Shot("imports-keeper", ADMINISTRATION, "sysadmin"),
    ],
    "desk:import": [Shot("import", DESK, "clerk", at("/desk/imports/"), do.brought)],
    "desk:reconciliation": [Shot("reconciliation", DESK, "clerk")],
    "desk:system": [Shot("system", DESK, "clerk", at("/desk/systems/hotline-12345/"))],
    "desk:background": [Shot("background", ADMINISTRATION, "sysadmin")],
    "desk:limits": [
        Shot("limits", ADMINISTRATION, "sysadmin"),
        Shot("limits-wrong", ADMINISTRATION, "sysadmin", do=do.fill(amount="0")),
    ],
    "desk:burden_rules": [
        Shot("burden-rules", ADMINISTRATION, "sysadmin"),
        Shot("burden-rules-wrong", ADMINISTRATION, "sysadmin", do=do.fill(amount="0")),
    ],
    "desk:calendar": [
        Shot("calendar", ADMINISTRATION, "sysadmin"),
        Shot("calendar-wrong", ADMINISTRATION, "sysadmin", do=do.previewed),
    ],
    "desk:notice_texts": [
        Shot("notice-texts", ADMINISTRATION, "sysadmin"),
        Shot("paper-texts", ADMINISTRATION, "sysadmin", at("/desk/notice-texts/?text=urging")),
        Shot("notice-texts-wrong", ADMINISTRATION, "sysadmin", do=do.fill(body_zh="{title} 有进展")),
    ],
    "desk:accounts": [Shot("accounts", ADMINISTRATION, "secadmin")],
    "desk:roles": [Shot("roles", ADMINISTRATION, "secadmin")],
    "desk:role": [Shot("role", ADMINISTRATION, "secadmin", at("/desk/roles/handler/"))],
    "desk:role_preview": [
        Shot("role-preview", ADMINISTRATION, "secadmin", at("/desk/roles/handler/handling/")),
        Shot("role-preview-queue", ADMINISTRATION, "secadmin", at("/desk/roles/handler/queue/")),
    ],
    "desk:wall": [Shot("wall", DESK, "deputy")],
    "desk:rates": [Shot("rates", DESK, "deputy")],
    "desk:rates_behind": [Shot("rates-behind", DESK, "deputy")],
    "desk:week": [Shot("week", DESK, "deputy")],
    "desk:supervision": [Shot("supervision", ADMINISTRATION, "deputy")],
    "desk:signs": [Shot("signs", DESK, "chief"), Shot("signs-clerk", DESK, "clerk")],
    "desk:stand_ins": [
        Shot("stand-ins", ADMINISTRATION, "secadmin"),
        Shot("stand-ins-wrong", ADMINISTRATION, "secadmin", do=do.fill(basis="")),
    ],
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
