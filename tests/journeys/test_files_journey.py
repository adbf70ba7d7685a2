"""Photos and drafts on a phone: picked, refused, broken off, tried again, put away, saved, gone on with on another
phone, and filed; with JavaScript and without. The pages are served by the portal's own database role."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.factories import City
from tests.files import pictures
from tests.journeys.helpers import PHONE, SAID, Seen, choose, follow, press, unseen
from tests.journeys.test_portal_journey import as_portal, city, live_server
from tests.journeys.validator import faults
from tests.web.portal_helpers import ANSWERS, Filing, text_of, visitor
from tests.web.test_portal_files import send
from yipanqi.cases.models import Submission
from yipanqi.files.models import File
from yipanqi.files.queries import contents, of_seal, views
from yipanqi.web.portal.models import SavedDraft

__all__ = ["as_portal", "city", "live_server"]
pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("config.urls_portal"),
]
TAKEN = "#files-taken .file"


def given(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "image/jpeg" if name.endswith("jpg") else "audio/mpeg", "buffer": data}


def grainy() -> bytes:
    """A photo of some megabytes, as a telephone takes them."""
    out = io.BytesIO()
    Image.effect_noise((2600, 2600), 120).convert("RGB").save(out, "JPEG", quality=97)
    assert len(out.getvalue()) > 4 * 1024 * 1024
    return out.getvalue()


def to_files(page: Page) -> None:
    page.goto("/file/")
    choose(page, "order")
    press(page, "next")
    for name in ("title", "text"):
        page.locator(f"[name='{name}']").fill(SAID[name])
    press(page, "next")
    press(page, "next")
    expect(page.locator("input[type=file]")).to_be_visible()


def saved(page: Page) -> str:
    press(page, "save")
    code = page.locator(".secret-code").text_content()
    assert code
    return code


def resume(page: Page, code: str, seen: Seen) -> None:
    page.goto("/file/resume/")
    seen(page)
    page.locator("[name='code']").fill(code)
    follow(page.locator("main form button[type=submit]").first)
    seen(page)


def file(page: Page) -> Submission:
    """From the page of the files to the end."""
    press(page, "next")
    choose(page, "anonymous")
    press(page, "next")
    press(page, "submit")
    expect(page.locator(".secret")).to_be_visible()
    return Submission.objects.get()


def names(submission: Submission) -> list[str]:
    return [view.name for view in views(of_seal(submission.seal_id), original=True)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_loses_nothing(city: City, page_for: Callable[..., Page], seen: Seen, language: str) -> None:
    page = page_for(language, PHONE)
    to_files(page)
    seen(page)
    # The line breaks while one is on its way: it is still there, and is sent by one press.
    page.route("**/file/", lambda route: route.abort())
    page.locator("input[type=file]").set_input_files([given("灯杆.jpg", pictures.located())])
    retry = page.locator(".file-bad ~ button").first
    expect(retry).to_be_visible()
    seen(page)
    page.unroute("**/file/")
    retry.click()
    expect(page.locator(TAKEN)).to_have_count(1)
    # What is no photo is refused with its reason, and put away; going on waits for that.
    page.locator("input[type=file]").set_input_files([given("录音.mp3", b"ID3" + bytes(30))])
    expect(page.locator(".file-bad")).to_contain_text("录音.mp3")
    seen(page)
    page.locator("main button[value='next']").click()
    expect(page.locator("[data-told]")).to_be_visible()
    page.locator(".file-bad ~ button").first.click()
    # A live photo carries a film, a large one is large: both are drawn anew on the phone.
    big = grainy()
    film = pictures.photo() + b"\0\0\0\x18ftypmp42" + bytes(40)
    page.locator("input[type=file]").set_input_files([given("动态.jpg", film), given("大.jpg", big)])
    expect(page.locator(TAKEN)).to_have_count(3, timeout=30_000)
    seen(page)
    code = saved(page)
    seen(page)
    other = page_for(language, PHONE)
    resume(other, code, seen)
    expect(other.locator(TAKEN)).to_have_count(3)
    submission = file(other)
    assert names(submission) == ["灯杆.jpg", "动态.jpg", "大.jpg"]
    large = of_seal(submission.seal_id)[2]
    assert large.size < len(big), "drawn anew"
    assert contents(of_seal(submission.seal_id)[0], "original") == pictures.located(), (
        "small ones go as they are"
    )
    assert SavedDraft.objects.count() == 0


def test_without_javascript(city: City, page_for: Callable[..., Page]) -> None:
    page = page_for("zh", PHONE, java_script_enabled=False)
    to_files(page)
    picked = [given("灯杆.jpg", pictures.located()), given("录音.mp3", b"ID3")]
    page.locator("input[type=file]").set_input_files(picked)
    press(page, "add")
    expect(page.locator(TAKEN)).to_have_count(1)
    expect(page.locator(".problems")).to_contain_text("录音.mp3")
    page.locator("input[type=file]").set_input_files([given("井盖.jpg", pictures.photo())])
    code = saved(page)
    other = page_for("zh", PHONE, java_script_enabled=False)
    resume(other, code, unseen)
    expect(other.locator(TAKEN)).to_have_count(2)
    follow(other.locator("[name='remove']").first)
    expect(other.locator(TAKEN)).to_have_count(1)
    assert names(file(other)) == ["井盖.jpg"]
    assert File.objects.count() == 1


def test_pages_that_only_a_post_shows_are_valid(city: City) -> None:
    filing, sent = Filing(visitor("en")), {}
    for page, answers in ANSWERS.items():
        sent[page] = text_of(filing.response)
        if page == "files":
            send(filing, ("灯杆.jpg", pictures.located()), ("a.mp3", b"ID3"))
            sent["refused"] = text_of(filing.response)
            sent["saved"] = text_of(filing.press("save"))
            filing.press("files")
            sent["taken"] = text_of(filing.response)
        filing.press(**answers)
    sent["check"] = text_of(filing.response)
    assert faults(sent) == []


def test_typing_is_kept_quietly(city: City, page_for: Callable[..., Page]) -> None:
    page = page_for("zh", PHONE)
    page.goto("/file/")
    choose(page, "order")
    press(page, "next")
    code = saved(page)
    press(page, "what")
    page.locator("[name='text']").fill("写到一半")
    expect(page.locator("#filing > p.quiet[role=status]")).to_have_text("已自动存好")
    page.route("**/file/", lambda route: route.abort())
    page.locator("[name='text']").fill("写到一半，没有信号")
    expect(page.locator("#filing > p.quiet[role=status]")).to_contain_text("没有连上")
    other = page_for("zh", PHONE)
    resume(other, code, unseen)
    expect(other.locator("[name='text']")).to_have_value("写到一半")
