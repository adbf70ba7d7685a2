"""What is done on a page before its picture: residents filing and tracking, colleagues making mistakes."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.helpers import choose, press
from tests.pictures.stage import LONG, Doing, Stage

FILED = {
    "title": "小区北门外三根路灯一周不亮，晚上接孩子放学要摸黑走，老人摔过跤",
    "text": "我叫王小明，住三号楼二单元。北门外三根路灯不亮一周了。\n上周三晚上有位老人在这里摔了一跤。请尽快修好。",
    "place": "示例路与示例街路口，菜市场北门往东五十米",
    "name": "王小明",
    "phone": "19900000001",
}
PAGES = ("what", "where", "known", "contact", "check")


def send(page: Page) -> None:
    page.locator("main form[method=post] button[type=submit]").last.click()


def wrong(page: Page) -> None:
    expect(page.locator(".problems").first).to_be_visible()


# --- residents -------------------------------------------------------------------------------------------------------


def filing(upto: str, anonymity: str = "hidden", title: str = FILED["title"]) -> Doing:
    """Fill the form in until this page stands open."""

    def do(page: Page, _stage: Stage) -> None:
        for name in PAGES[: PAGES.index(upto)]:
            if name == "what":
                page.locator("[name='title']").fill(title)
                page.locator("[name='text']").fill(FILED["text"])
            elif name == "where":
                page.locator("[name='place']").fill(FILED["place"])
            elif name == "known":
                choose(page, anonymity)
            else:
                page.locator("[name='name']").fill(FILED["name"])
                page.locator("[name='phone']").fill(FILED["phone"])
            press(page, "next")

    return do


def filed_wrongly(page: Page, _stage: Stage) -> None:
    page.locator("[name='title']").fill("路灯" * 60)
    press(page, "next")
    wrong(page)


def contact_wrongly(page: Page, stage: Stage) -> None:
    filing("contact")(page, stage)
    page.locator("[name='phone']").fill("1990")
    press(page, "next")
    wrong(page)


def filed(page: Page, stage: Stage) -> None:
    filing("check")(page, stage)
    press(page, "submit")
    expect(page.locator(".secret")).to_be_visible()


def filed_twice(page: Page, stage: Stage) -> None:
    filed(page, stage)
    page.reload()


def tracked_wrongly(page: Page, _stage: Stage) -> None:
    page.locator("[name='reference']").fill("K7MQ-3Q9X-D")
    page.locator("[name='secret']").fill("0000 0000")
    page.locator("main form button").first.click()
    wrong(page)


def tracking(state: str, **which: object) -> Doing:
    """Show the secret of a case in this state."""

    def do(page: Page, stage: Stage) -> None:
        reference, secret = stage.tracked(state, **which)
        page.locator("[name='reference']").fill(reference)
        page.locator("[name='secret']").fill(secret)
        page.locator("main form button").first.click()
        page.wait_for_url("**/track/*/")

    return do


def judged_wrongly(page: Page, stage: Stage) -> None:
    tracking("served", verdicts__isnull=True)(page, stage)
    page.locator("#step-evaluate button[type='submit']").click()
    wrong(page)


def without_cookie(page: Page, _stage: Stage) -> None:
    page.context.clear_cookies(name="csrf")
    page.locator("main form button").first.click()
    page.wait_for_load_state()


# --- colleagues ------------------------------------------------------------------------------------------------------


def fill(**typed: str) -> Doing:
    """Fill the page's form in and send it; it is not good."""

    def do(page: Page, _stage: Stage) -> None:
        for name, text in typed.items():
            page.locator(f"main [name='{name}']").first.fill(text)
        send(page)
        wrong(page)

    return do


def step_wrongly(step: str, **typed: str) -> Doing:
    """Send the unfolded form of a step too early."""

    def do(page: Page, _stage: Stage) -> None:
        card = page.locator(f"#step-{step}")
        for name, text in typed.items():
            card.locator(f"[name='{name}']").first.fill(text)
        card.locator("button[type=submit]").click()
        wrong(page)

    return do


def too_late(page: Page, _stage: Stage) -> None:
    """Send an answer from a page on which the last moves are not."""
    card = page.locator("#step-answer")
    card.locator("[name='seen']").evaluate("field => { field.value = '1' }")
    card.locator("textarea").first.fill(LONG)
    card.locator("[name='outcome']").first.check(force=True)
    card.locator("button[type=submit]").click()
    page.wait_for_load_state()


def external_wrongly(page: Page, _stage: Stage) -> None:
    form = page.locator("form[action$='/external']")
    page.locator("details.disclosure", has=form).locator("summary").click()
    form.locator("[name='system']").fill("国家信访信息系统")
    form.locator("button").click()
    wrong(page)


def taken_in(page: Page, _stage: Stage) -> None:
    page.locator("#id_title").fill("北门外路灯不亮")
    page.locator("#id_text").fill(FILED["text"])
    page.locator("#id_name").fill(FILED["name"])
    page.locator("#id_phone").fill(FILED["phone"])
    send(page)
    expect(page.locator(".secret")).to_be_visible()


def taken_in_twice(page: Page, stage: Stage) -> None:
    taken_in(page, stage)
    page.reload()


def looked_up(phone: str) -> Doing:
    def do(page: Page, _stage: Stage) -> None:
        page.locator("#id_phone").fill(phone)
        send(page)

    return do


def unfold_all(page: Page, _stage: Stage) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def previewed(page: Page, _stage: Stage) -> None:
    page.locator("main [name='go'][value='preview']").click()
    page.wait_for_load_state()
