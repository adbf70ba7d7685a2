"""From a conference to the last task done, across five units and three levels: the department convenes a meeting, a
district's keeper ticks off on a phone who came, the report is read, its tasks are drafted, consulted on and issued by one
plan, broken down from the bureau to the district and to the street, and closed from below. Everybody else sits at a desk."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.factories import DAY, City, make_city
from tests.journeys.helpers import (
    DESKTOP,
    LANGUAGES,
    PHONE,
    Seen,
    follow,
    pick,
    sign_in,
    sign_out,
    take,
    unfold,
    unseen,
)
from tests.meetings.world import add_task_head
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Conference, Line, Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.organisations.actions import UnitRow, add_units

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

REPORT = Path(__file__).resolve().parent.parent / "data" / "conference-report.txt"
REQUIREMENT = "抓好多元共治"
NUMBER = "示社发〔2026〕3号"
As = Callable[[str], Any]


def three_levels(at: dt.datetime) -> City:
    """The small city with a district below it and a street below that; each unit has a head who may break tasks down."""
    city = make_city(at)
    units = add_units(
        rows=[
            UnitRow("district", "示例区政府", "Sample District", "district", "370199", "city", "city", None, DAY, "0531-00000001"),
            UnitRow("street", "示例街道办", "Sample Street", "street", "370199001", "district", "district", None, DAY, "0531-00000002"),
        ],
        by=None,
        at=at,
    )  # fmt: skip
    city.units |= {unit.code: unit for unit in units}
    for unit, login in (("lamps", "leadhead"), ("district", "districthead"), ("street", "streethead")):
        add_task_head(city, unit, login)
    return city


def submit(page: Page) -> None:
    follow(page.locator("main form[method=post] button[type=submit]").last)


def fill_each(page: Page, name: str, texts: Sequence[str]) -> None:
    """Several lines of one name, one after the other."""
    for number, text in enumerate(texts):
        page.locator(f"[name={name}]").nth(number).fill(text)


def convene(page: Page, city: City, seen: Seen) -> Conference:
    """Planned, with the main venue and a branch in the district, and those invited told."""
    page.goto(reverse("desk:plan_meeting"))
    starts = timezone.localtime() + dt.timedelta(days=10)
    page.locator("[name=title]").fill("示例市社会工作会议")
    pick(page, "kind", "conference")
    pick(page, "form", "video")
    page.locator("[name=purpose]").fill("部署明年的社会工作。")
    for name, moment in (("starts_at", starts), ("ends_at", starts + dt.timedelta(hours=1))):
        page.locator(f"[name={name}]").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    seen(page)
    if page.locator("[name=sender]").count():
        page.locator("[name=sender]").select_option(str(city.units["socialwork"].pk))
    submit(page)
    one = Conference.objects.get()
    prepare = reverse("desk:prepare", args=[one.pk])
    for unit, room, main in (("socialwork", "示例厅", True), ("district", "区示例厅", False)):
        page.goto(prepare)
        if not page.locator("#venue_unit").is_visible():
            page.locator("details:has(#venue_unit) summary").click()
        page.locator("#venue_unit").fill(unit)
        page.locator("#venue_room").fill(room)
        if main:
            page.locator("label[for=venue_main]").click()
        follow(page.locator("button[name=go][value=venue]"))
    for units in (("lamps", "roads"), ("district", "street")):
        if not page.locator("#rule_post").is_visible():
            page.locator("details:has(#rule_post) summary").click()
        fill_each(page, "named", units)
        page.locator("#rule_post").fill("负责人")
        pick(page, "seat", "attend")
        seen(page)
        follow(page.locator("button[name=go][value=invite]"))
    assert one.invitations.count() == 4
    page.goto(reverse("desk:matter", args=[one.matter_id]))
    card = unfold(page, "convene")
    card.locator("[name=reply_by]").fill((starts - dt.timedelta(days=2)).date().isoformat())
    card.locator("label[for$=checked]").click()
    take(page, "convene", seen)
    return one


def arrive(page: Page, one: Conference, seen: Seen) -> None:
    """The keeper of the branch venue ticks off who came, on a phone."""
    page.goto(reverse("desk:roster", args=[one.pk]))
    seen(page)
    ticks = page.locator("button[name=go][value=here]")
    expect(ticks).to_have_count(2)
    follow(ticks.first)
    expect(page.locator("button[name=go][value=back]")).to_have_count(1)
    seen(page)


def read(page: Page, seen: Seen) -> Line:
    page.goto(reverse("desk:from_report"))
    page.locator("#id_text").fill(REPORT.read_text(encoding="utf-8"))
    submit(page)
    page.locator("#id_title").fill("市委社会工作会议")
    submit(page)
    seen(page)
    line: Line = Line.objects.get(text=REQUIREMENT)
    return line


def draft(page: Page, path: str, unit: str, title: str, days: int, seen: Seen, *helps: str) -> Task:
    page.goto(path)
    due = timezone.localdate() + dt.timedelta(days=days)
    page.locator("#id_title").fill(title)
    page.locator("#id_goal").fill("每月议一次，议定的事当月办。")
    page.locator("#id_due_on").fill(due.isoformat())
    page.locator("#id_unit").fill(unit)
    fill_each(page, "co_units", helps)
    seen(page)
    submit(page)
    expect(page.locator(".notice-success")).to_be_visible()
    task: Task = Task.objects.get(title=title)
    return task


def decompose(as_: As, line: Line, seen: Seen) -> Plan:
    """Drawn up, disputed once, countersigned, approved and issued with its document number."""
    with as_("deputy") as page:
        page.goto(reverse("desk:new_plan", args=[line.conference_id]))
        seen(page)
        submit(page)
        plan: Plan = Plan.objects.get()
        here = reverse("desk:matter", args=[plan.pk])
        take(page, "consult", seen)
    with as_("colleague") as page:
        page.goto(here)
        card = unfold(page, "dispute")
        pick(page, "task", "1")
        card.locator("[name=instead]").fill("schools")
        take(page, "dispute", seen, reason="议事不归道路处管。")
    for login in ("leadhead", "districthead"):
        with as_(login) as page:
            page.goto(here)
            take(page, "agree", seen)
    with as_("deputy") as page:
        page.goto(here)
        card = unfold(page, "decide")
        pick(page, "dispute", "1")
        pick(page, "decision", "rejected")
        take(page, "decide", seen, reason="开挖的口子由道路处恢复。")
        take(page, "circulate", seen)
    with as_("leadhead") as page:
        page.goto(here)
        pick_in = unfold(page, "countersign")
        pick(page, "signature", "signs")
        expect(pick_in).to_be_visible()
        take(page, "countersign", seen)
    with as_("deputy") as page:
        page.goto(here)
        for step in ("submit", "approve"):
            take(page, step, seen)
        take(page, "issue", seen, document_number=NUMBER)
        expect(page.locator("main")).to_contain_text(NUMBER)
    return plan


def break_down(as_: As, login: str, task: Task, unit: str, title: str, days: int, seen: Seen) -> Task:
    """The lead receives its task, breaks a part off for a unit below and issues that."""
    with as_(login) as page:
        page.goto(reverse("desk:matter", args=[task.pk]))
        take(page, "receive", seen)
        part = draft(page, reverse("desk:break_down", args=[task.pk]), unit, title, days, seen)
        page.goto(reverse("desk:matter", args=[part.pk]))
        take(page, "issue", seen)
    return part


def close(as_: As, worker: str, checker: str, task: Task, seen: Seen) -> None:
    here = reverse("desk:matter", args=[task.pk])
    with as_(worker) as page:
        page.goto(here)
        take(page, "apply_to_close", seen, text="已办完，居民代表看过。")
    with as_(checker) as page:
        page.goto(here)
        take(page, "close", seen, text="属实。")


def look_at_the_documents(page: Page, line: Line) -> None:
    """The brief and the ledger, taken out and opened."""
    for what in ("brief", "ledger"):
        texts = {}
        for kind in ("docx", "pdf"):
            url = reverse("desk:conference_out", args=[line.conference_id, what, kind])
            body = page.request.get(url).body()
            texts[kind] = (
                "\n".join(
                    [p.text for p in Document(io.BytesIO(body)).paragraphs]
                    + [
                        cell.text
                        for t in Document(io.BytesIO(body)).tables
                        for r in t.rows
                        for cell in r.cells
                    ]
                )
                if kind == "docx"
                else "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages)
            )
        for kind, text in texts.items():
            bare = text.replace("\n", "").replace(" ", "")
            assert "多元共治" in bare, (what, kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_conference_to_the_last_task_done(
    page_for: Callable[..., Page], seen: Seen, language: str
) -> None:
    city = three_levels(timezone.now() - dt.timedelta(days=20))
    desk, phone = page_for(language, DESKTOP), page_for(language, PHONE)

    @contextmanager
    def as_(login: str, page: Page = desk) -> Iterator[Page]:
        sign_in(page, login)
        yield page
        sign_out(page)

    with as_("deputy") as page:
        one = convene(page, city, seen)
    with as_("districthead", phone) as page:
        arrive(page, one, seen)
    with as_("deputy") as page:
        line = read(page, seen)
        new_task = reverse("desk:new_task", args=[line.pk])
        top = draft(page, new_task, "lamps", "建立路灯议事机制", 60, seen, "roads", "district")
    plan = decompose(as_, line, seen)
    assert Matter.objects.get(pk=plan.pk).state == "issued"
    # What follows walks the same pages again: they are looked at the first time.
    middle = break_down(as_, "leadhead", top, "district", "各街道建立议事会", 50, seen)
    low = break_down(as_, "districthead", middle, "street", "示例街道议事会", 40, unseen)
    with as_("streethead") as page:
        page.goto(reverse("desk:matter", args=[low.pk]))
        take(page, "receive", unseen)
    for worker, checker, task in (
        ("streethead", "districthead", low),
        ("districthead", "leadhead", middle),
        ("leadhead", "deputy", top),
    ):
        close(as_, worker, checker, task, seen if task == low else unseen)
    assert set(Matter.objects.filter(procedure="task").values_list("state", flat=True)) == {"closed"}
    with as_("deputy") as page:
        page.goto(reverse("desk:board"))
        seen(page)
        look_at_the_documents(page, line)
