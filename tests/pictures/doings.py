"""What is done on a page before its picture: residents filing and tracking, colleagues making mistakes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.files.pictures import located, photo
from tests.journeys.helpers import choose, press
from tests.pictures.stage import LONG, Doing, Stage
from yipanqi.core.counting import day_of

FILED = {
    "title": "小区北门外三根路灯一周不亮，晚上接孩子放学要摸黑走，老人摔过跤",
    "text": "我叫王小明，住三号楼二单元。北门外三根路灯不亮一周了。\n上周三晚上有位老人在这里摔了一跤。请尽快修好。",
    "place": "示例路与示例街路口，菜市场北门往东五十米",
    "name": "王小明",
    "phone": "19900000001",
}
PAGES = ("kind", "what", "where", "files", "known", "contact", "check")


def send(page: Page) -> None:
    page.locator("main form[method=post] button[type=submit]").last.click()


def wrong(page: Page) -> None:
    expect(page.locator(".problems").first).to_be_visible()


# --- residents -------------------------------------------------------------------------------------------------------


def filing(upto: str, anonymity: str = "hidden", title: str = FILED["title"], kind: str = "order") -> Doing:
    """Fill the form in until this page stands open."""

    def do(page: Page, _stage: Stage) -> None:
        for name in PAGES[: PAGES.index(upto)]:
            if name == "kind":
                choose(page, kind)
            elif name == "what":
                page.locator("[name='title']").fill(title)
                page.locator("[name='text']").fill(FILED["text"])
            elif name == "where":
                page.locator("[name='place']").fill(FILED["place"])
            elif name == "files":
                pass
            elif name == "known":
                choose(page, anonymity)
            else:
                page.locator("[name='name']").fill(FILED["name"])
                page.locator("[name='phone']").fill(FILED["phone"])
            press(page, "next")

    return do


def for_another(relation: str, anonymity: str = "") -> Doing:
    """Say that it is for somebody else; with an anonymity on to the page of the contact."""

    def do(page: Page, stage: Stage) -> None:
        filing("known")(page, stage)
        page.locator("main details summary").last.click()
        choose(page, relation)
        if anonymity:
            choose(page, anonymity)
            press(page, "next")

    return do


def pointed(page: Page, stage: Stage) -> None:
    """The map, with a pin on it."""
    filing("where")(page, stage)
    page.locator("#pin-offer button").click()
    expect(page.locator("#pin-map img").first).to_be_visible()
    page.locator("#pin-map").press("ArrowRight")
    expect(page.locator("#pin-near")).to_be_visible()
    expect(page.locator("#pin-told")).not_to_be_empty()
    page.wait_for_load_state("networkidle")


def pointed_and_checked(page: Page, stage: Stage) -> None:
    """The answers to check, with the point."""
    pointed(page, stage)
    press(page, "next")
    press(page, "next")
    choose(page, "anonymous")
    press(page, "next")
    expect(page.locator(".point-picture")).to_be_visible()


def saved(page: Page, stage: Stage) -> None:
    filing("where")(page, stage)
    press(page, "save")
    expect(page.locator(".secret-code")).to_be_visible()


def enclosed(page: Page, stage: Stage) -> None:
    """Two photos that were taken, and a file that was not."""
    filing("files")(page, stage)
    sent = [
        ("北门外的路灯.jpg", located((1600, 1200))),
        ("北门外的路灯，从菜市场那一边照的，晚上七点半.png", photo("PNG", (900, 1200))),
        ("录音.mp3", b"ID3"),
    ]
    given = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in sent]
    page.locator("input[type=file]").set_input_files(given)  # type: ignore[arg-type]
    expect(page.locator("#files-taken .file")).to_have_count(2)
    expect(page.locator(".file-bad")).to_be_visible()


def resumed_wrongly(page: Page, _stage: Stage) -> None:
    page.locator("[name='code']").fill("0000 0000 0000 0000")
    send(page)
    wrong(page)


def filed_wrongly(page: Page, stage: Stage) -> None:
    filing("what")(page, stage)
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


def filed_claim(page: Page, stage: Stage) -> None:
    filing("check", "handler_only", kind="claim")(page, stage)
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


def check_a_receipt(page: Page, stage: Stage) -> None:
    """Download the receipt file of a closed case and check it against the published list."""
    there = page.url
    page.goto(there.replace("/check-receipt/", "/track/"))
    tracking("closed")(page, stage)
    receipt = page.request.get(f"{page.url}receipt.json").body()
    listed = page.request.get(f"{there}checkpoints.jsonl").body()
    page.goto(there)
    for name, body in (("receipt", receipt), ("list", listed)):
        page.locator(f"[name='{name}']").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": body}
        )
    page.locator("#check-receipt button").click()
    expect(page.locator("#check-result .notice-success")).to_be_visible()


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


def report_read(page: Page, stage: Stage) -> None:
    page.locator("#id_text").fill(stage.conference.report.text)
    send(page)


def letter_read(page: Page, _stage: Stage) -> None:
    page.locator("#id_text").fill(FILED["text"])
    send(page)


def step_wrongly(step: str, **typed: str) -> Doing:
    """Send the unfolded form of a step too early."""

    def do(page: Page, _stage: Stage) -> None:
        card = page.locator(f"#step-{step}")
        for name, text in typed.items():
            card.locator(f"[name='{name}']").first.fill(text)
        card.locator("button[type=submit]:not([name])").click()
        wrong(page)

    return do


def too_late(page: Page, _stage: Stage) -> None:
    """Send an answer from a page on which the last moves are not."""
    card = page.locator("#step-answer")
    card.locator("[name='seen']").evaluate("field => { field.value = '1' }")
    card.locator("textarea").first.fill(LONG)
    card.locator("[name='outcome']").first.check(force=True)
    card.locator("button[type=submit]:not([name])").click()
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


def taken_in_damaged(page: Page, _stage: Stage) -> None:
    """A text from a page that a copy has damaged, of a thing that others have said before."""
    page.locator("#id_title").fill("小區路燈不亮，著(zhù)急")
    page.locator("#id_text").fill("<p>小區北门外的路燈(dēng)壞了一周,晚上看不清路,老人出門(mén)很不方便!</p>")
    page.locator("#id_name").fill(FILED["name"])
    page.locator("#id_phone").fill(FILED["phone"])
    send(page)
    expect(page.locator(".secret")).to_be_visible()


def mending(page: Page, stage: Stage) -> None:
    """The page on which the clerk clears it."""
    taken_in_damaged(page, stage)
    page.locator("a[href*='step=clear']").click()
    expect(page.locator("#step-clear")).to_be_visible()


def taken_in_twice(page: Page, stage: Stage) -> None:
    taken_in(page, stage)
    page.reload()


def looked_up(phone: str) -> Doing:
    def do(page: Page, _stage: Stage) -> None:
        page.locator("#id_phone").fill(phone)
        page.locator("#id_on").fill(day_of(timezone.now()).isoformat())
        send(page)
        expect(page.locator(".problems")).to_have_count(0)

    return do


def brought(page: Page, _stage: Stage) -> None:
    """A file brought in, whose columns are guessed."""
    table = "诉求标题,诉求内容,来电时间,街道\n路灯不亮,示例路的路灯不亮,2026-03-09,示例街道\n".encode()
    file: Any = {"name": "三月来信.csv", "mimeType": "text/csv", "buffer": table}
    page.locator("#id_file").set_input_files(file)
    send(page)


def unfold_all(page: Page, _stage: Stage) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def previewed(page: Page, _stage: Stage) -> None:
    page.locator("main [name='go'][value='preview']").click()
    page.wait_for_load_state()


def searched(words: str, *, best: bool = False) -> Doing:
    """Search for words from the box in the bar."""

    def do(page: Page, _stage: Stage) -> None:
        page.locator("#words").fill(words)
        page.locator(".desk-search button").click()
        expect(page.locator("main h1")).to_be_visible()
        if best:
            page.locator(".tabs a").last.click()
            page.locator("main details summary").first.click()

    return do


# --- signing in ------------------------------------------------------------------------------------------------------


def _password(page: Page, login: str) -> None:
    from yipanqi.demo.load import PASSWORD

    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(PASSWORD)
    send(page)
    page.wait_for_url(lambda url: not url.endswith("/sign-in/"))


def second_asked(page: Page, stage: Stage) -> None:
    _password(page, stage.with_app())


def factor_offered(page: Page, stage: Stage, login: str = "cautious") -> None:
    """The page on which somebody sets up their first second factor."""
    from django.urls import reverse

    from yipanqi.demo.load import PASSWORD

    _password(page, stage.account(login).login)
    page.goto(reverse("desk:factor"))
    page.locator("#id_password").fill(PASSWORD)
    send(page)
    expect(page.locator("img.qr")).to_be_visible()


def codes_shown(page: Page, stage: Stage) -> None:
    """The recovery codes of somebody new each time, for they are shown once."""
    from django.utils import timezone

    from yipanqi.people import factors

    login = f"person{timezone.now():%H%M%S%f}"
    factor_offered(page, stage, login)
    secret = (page.locator("main code").text_content() or "").replace(" ", "")
    page.locator("#id_code").fill(factors.code_at(secret, timezone.now()))
    page.locator("main form").first.locator("button[type=submit]").click()
    expect(page.locator(".recovery-codes")).to_be_visible()


def confirmed(page: Page, _stage: Stage) -> None:
    """The password once more, on the way to the page that was wanted, if it was not shown a moment ago."""
    from yipanqi.demo.load import PASSWORD

    if not page.locator("#id_password").count():
        return
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form[method=post] button[type=submit]").first.click()
    expect(page.locator("#id_password")).to_have_count(0)


def reset_done(page: Page, stage: Stage) -> None:
    confirmed(page, stage)
    page.locator("#id_reason").fill("本人今天上午持证件到安全办公室申请，已核对工作证。")
    send(page)
    expect(page.locator(".secret-code")).to_be_visible()


def first_call(page: Page, _stage: Stage) -> None:
    """The place to call from, of the first on the list whose verdict is asked."""
    page.locator("main a[href*='/desk/calls/']:not([href*='asked'])").first.click()
    expect(page.locator("#script")).to_be_visible()


def call_asked(page: Page, _stage: Stage) -> None:
    """Somebody asks to be called, and a clerk opens the number."""
    desk = page.url
    page.goto(desk.replace("/desk/calls/", "/call-me/"))
    page.locator("[name='number']").fill(FILED["phone"])
    page.locator("[name='name']").fill("王女士")
    send(page)
    page.goto(desk)
    page.locator("main a[href*='/calls/asked/']").first.click()
    page.locator("button[value='open']").click()
    expect(page.locator("#script")).to_be_visible()
