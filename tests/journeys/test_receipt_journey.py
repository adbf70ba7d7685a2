"""A resident downloads the receipt file, checks it on the page and on the page they kept, without a network; then the
tables' owner with the signing key rewrites the answer, and the page says so. Served by the portal's own role."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.core.test_receipts import owner, rewrite_the_answer, sign, sign_everything_anew
from tests.factories import bring_to, file, make_city
from tests.journeys.conftest import PageFor
from tests.journeys.helpers import WAYS, Seen, fits, follow
from tests.journeys.test_portal_journey import as_portal, live_server  # noqa: F401 - fixtures
from yipanqi.core import ledger, published

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("config.urls_portal"),
]


def download(link: Locator, into: Path) -> Path:
    with link.page.expect_download() as found:
        link.click()
    path = into / found.value.suggested_filename
    found.value.save_as(path)
    return path


def checked(page: Page, receipt: Path, listed: Path | None) -> Locator:
    page.locator("[name=receipt]").set_input_files(receipt)
    page.locator("[name=list]").set_input_files([listed] if listed else [])
    page.locator("#check-receipt button").click()
    result = page.locator("#check-result")
    expect(result.locator(".notice")).to_be_visible()
    return result


@WAYS
def test_one_checks_an_answer_without_us(
    page_for: PageFor, seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, width: int
) -> None:
    monkeypatch.setattr(ledger, "checkpoint_file", lambda: tmp_path / "checkpoints" / "checkpoints.jsonl")
    city, at = make_city(), timezone.now() - dt.timedelta(minutes=30)
    filed = file(city, at=at)
    bring_to(city, filed, "served", at)
    sign(at)
    page = page_for(language, width)
    page.goto("/track/")
    page.locator("[name='reference']").fill(filed.reference)
    page.locator("[name='secret']").fill(filed.secret)
    follow(page.locator("main form button").first)
    receipt = download(page.locator("a[href$='receipt.json']"), tmp_path)
    follow(page.locator("main a[href='/check-receipt/']"))
    seen(page)
    listed = download(page.locator("a[href$='checkpoints.jsonl']"), tmp_path)
    kept = download(page.locator("a[href$='check-receipt.html']"), tmp_path)

    expect(checked(page, receipt, None).locator(".notice-info")).to_be_visible()
    result = checked(page, receipt, listed)
    expect(result.locator(".notice-success")).to_be_visible()
    expect(result).to_contain_text("已修好。")
    seen(page)

    without_a_network(page, kept, receipt, listed)
    forged = tmp_path / "forged.json"
    forged.write_text(receipt.read_text(encoding="utf-8").replace("已修好", "修好了"), encoding="utf-8")
    result = checked(page, forged, listed)
    expect(result.locator(".notice-danger")).to_be_visible()
    expect(result).not_to_contain_text("修好了")
    seen(page)

    with owner() as sql:
        rewrite_the_answer(sql, filed)
        sign_everything_anew(sql, published.read())
    page.reload()
    anew = tmp_path / "anew"
    anew.mkdir()
    later = download(page.locator("a[href$='checkpoints.jsonl']"), anew)
    expect(checked(page, receipt, later).locator(".notice-danger")).to_be_visible()
    seen(page)
    checked(page, listed, None)
    expect(page.locator("#check-result .notice-danger")).to_be_visible()


def without_a_network(page: Page, kept: Path, receipt: Path, listed: Path) -> None:
    """The page as it was kept, opened from the disk: it asks for nothing."""
    other = page.context.browser.new_context(offline=True, locale="zh-CN")  # type: ignore[union-attr]
    alone = other.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    told: list[str] = []
    alone.on("console", lambda message: told.append(message.text))
    alone.goto(kept.as_uri())
    expect(checked(alone, receipt, listed).locator(".notice-success")).to_be_visible()
    fits(alone)
    assert [url for url in asked if not re.match(r"file:///.*check-receipt\.html$", url)] == []
    assert told == []
    other.close()
