"""A file is brought, checked and imported, its failed rows mended and brought again; then it goes back to the system
that sent it. In a real browser, in both languages, on a desk and on a phone, with an accessibility scan of every page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.exchange.files import csv_of
from tests.factories import City, make_city
from tests.journeys.helpers import DESKTOP, WAYS, Seen, sign_in, unseen
from yipanqi.cases.models import Case
from yipanqi.core import engine
from yipanqi.core.gate import SYSTEM
from yipanqi.exchange import systems
from yipanqi.exchange.jobs import import_run
from yipanqi.exchange.models import ImportRun
from yipanqi.exchange.reading import opened

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
HEADERS = ["工单编号", "来电时间", "诉求标题", "诉求内容", "事发区域", "诉求类别"]
SENT = [
    ["A1", "2026-11-23 09:00", "路灯不亮", "示例路三号杆的路灯不亮。", "示例街道", "路灯"],
    ["A2", "昨天上午", "路灯常亮", "示例路四号杆的路灯白天也亮。", "示例街道", "路灯"],
]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def city() -> City:
    found = make_city(NOW)
    systems.keep_system(
        code="hotline",
        name_zh="示例热线系统",
        name_en="Sample hotline system",
        takes="\n".join(f"{h} = {f}" for h, f in zip(HEADERS, ("number", "time", "title", "text", "area", "category"), strict=True)),
        gives="工单编号 = number\n办理状态 = state\n答复内容 = answer",
        values="state: 已回复 = served",
        by=SYSTEM,
        at=NOW,
    )  # fmt: skip
    return found


def bring(page: Page, seen: Seen, content: bytes, name: str) -> ImportRun:
    page.goto(reverse("desk:imports"))
    seen(page)
    page.locator("#id_system").select_option("hotline")
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("#id_file").set_input_files(file)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#id_column_text")).to_have_value("诉求内容")
    seen(page)
    return ImportRun.objects.latest("id")


def go(page: Page, seen: Seen, run: ImportRun, value: str) -> None:
    """Press, see it under way, let the worker do its work, see what came of it."""
    page.locator(f"button[name='go'][value='{value}']").click()
    expect(page.locator("progress")).to_be_visible()
    page.locator("a[href$='?still=1']").click()
    expect(page.locator("a.button[href$='/']").first).to_be_visible()
    seen(page)
    import_run(str(run.pk))
    page.goto(reverse("desk:import", args=[run.pk]))
    expect(page.locator("progress")).to_have_count(0)
    seen(page)


def mended(page: Page, to: Path) -> bytes:
    """The file of failed rows, mended as people do in a spreadsheet."""
    with page.expect_download() as waiting:
        page.locator("a[href$='.csv']").click()
    waiting.value.save_as(to)
    return to.read_bytes().replace("昨天上午".encode(), b"2026-11-23", 1)


def answer_all(city: City) -> None:
    cases = list(Case.objects.order_by("pk"))
    for case in cases:
        given: dict[str, Any] = {"title": "路灯", "text": "路灯", "category": "lamps", "area": city.area.pk}
        engine.take(matters=[case.pk], step="clear", by=city.actor("clerk"), at=NOW, answers=given)
    way: list[tuple[str, str, dict[str, Any]]] = [
        ("route", "clerk", {"unit": "lamps", "co_units": []}),
        ("accept", "insider", {}),
        ("answer", "insider", {"text": "已修好。", "outcome": "solved"}),
        ("serve", "auditor", {"method": "phone", "proof": "示例"}),
    ]
    for step, login, answers in way:
        ids = [case.pk for case in cases]
        engine.take(matters=ids, step=step, by=city.actor(login), at=NOW, answers=answers)


def live(page: Page, city: City, seen: Seen, to: Path) -> None:
    sign_in(page, "clerk")
    run = bring(page, seen, csv_of(HEADERS, *SENT).getvalue(), "热线.csv")
    go(page, seen, run, "check")
    assert not Case.objects.exists()
    go(page, seen, run, "enter")
    assert Case.objects.count() == 1
    again = bring(page, seen, mended(page, to / "failed.csv"), "改好.csv")
    go(page, seen, again, "check")
    go(page, seen, again, "enter")
    assert Case.objects.count() == 2
    answer_all(city)
    page.goto(reverse("desk:reconciliation"))
    seen(page)
    page.locator("a[href*='what=waiting']").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    seen(page)
    with page.expect_download() as waiting:
        page.locator("form[action$='/give'] button").click()
    waiting.value.save_as(to / "back.xlsx")
    with (to / "back.xlsx").open("rb") as file, opened(file) as table:
        assert [row.cells for row in table.rows()] == [
            ("A1", "已回复", "已修好。"),
            ("A2", "已回复", "已修好。"),
        ]
    page.goto(reverse("desk:reconciliation") + "?what=back")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto(reverse("desk:system", args=["hotline"]))
    seen(page)


@WAYS
def test_a_file_comes_in_and_goes_back(
    language: str, width: int, page_for: Any, seen: Seen, city: City, tmp_path: Path
) -> None:
    live(page_for(language, width), city, seen, tmp_path)


def test_it_works_without_javascript(page_for: Any, city: City, tmp_path: Path) -> None:
    live(page_for("zh", DESKTOP, java_script_enabled=False), city, unseen, tmp_path)
