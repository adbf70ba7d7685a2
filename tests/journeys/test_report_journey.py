"""From a newspaper's report to the board, on a phone and at a desk: pasted, read, looked over, laid down; and from a
sentence of the report to its requirement and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import make_city
from tests.journeys.helpers import WAYS, Seen, follow, sign_in
from yipanqi.meetings.models import Conference

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

REPORT = Path(__file__).resolve().parent.parent / "data" / "conference-report.txt"


@WAYS
def test_a_report_comes_onto_the_board(page_for: Any, seen: Seen, language: str, width: int) -> None:
    make_city()
    page = page_for(language, width)
    sign_in(page, "deputy")
    page.goto(reverse("desk:board") + "?view=meeting")
    follow(page.locator(f"main a[href='{reverse('desk:from_report')}']"))
    seen(page)
    go_on = page.locator("main form[method=post] button[type=submit]").last
    follow(go_on)
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    page.locator("#id_text").fill(REPORT.read_text(encoding="utf-8"))
    follow(go_on)
    seen(page)
    expect(page.locator("#id_chair")).to_have_value("于海田")
    page.locator("#id_title").fill("")
    follow(go_on)
    expect(page.locator(".problems")).to_be_visible()
    page.locator("#id_title").fill("市委社会工作会议")
    page.locator("#id_1-what").select_option("drop")
    follow(go_on)
    expect(page.locator("h1")).to_have_text("市委社会工作会议")
    seen(page)
    conference = Conference.objects.get()
    line = conference.lines.get(text="抓好多元共治")
    follow(page.locator(f"main a[href='{reverse('desk:report', args=[conference.pk])}']"))
    seen(page)
    follow(page.locator(f"#line-{line.number}"))
    expect(page.locator("h1")).to_have_text("抓好多元共治")
    follow(page.locator(f"main a[href$='#line-{line.number}']"))
    expect(page.locator(f"#line-{line.number}")).to_be_in_viewport()
