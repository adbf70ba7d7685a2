"""The administrators' pages: units, limits, calendar, accounts, access log; none with business content."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, signed_in, text_of
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case
from yipanqi.core import terms
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import DayKind
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.limits import set_limit
from yipanqi.core.models import AccessLog, CalendarNotice, Change, Limit, Term
from yipanqi.insight import registers
from yipanqi.web.desk.calendar import read_lines

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SAMPLES = "都是示例，没有一件真事"  # what a role that is looked at says above every page
HOSTILE = "<script>alert(1)</script>"


def client_of(login: str, language: str = "zh-hans") -> tuple[City, Client]:
    city = make_city()
    return city, signed_in(city, login, language)


def get(client: Client, name: str, **query: str) -> str:
    response = client.get(reverse(f"desk:{name}"), query)
    assert response.status_code == 200
    return text_of(response)


# --- units -----------------------------------------------------------------------------------------------------------


def test_who_keeps_units_sees_all_of_them_and_others_their_own() -> None:
    city, client = client_of("sysadmin")
    page = get(client, "units")
    assert all(str(unit) in page for unit in city.units.values())
    clerk = get(signed_in(city, "clerk"), "units")
    assert "示例热线" in clerk
    assert "示例路灯处" not in clerk
    hidden = reverse("desk:unit", args=[city.units["lamps"].pk])
    assert signed_in(city, "clerk").get(hidden).status_code == 404


def test_a_unit_shows_its_parents_its_posts_and_its_duties_with_their_bases() -> None:
    city, client = client_of("sysadmin")
    page = text_of(client.get(reverse("desk:unit", args=[city.units["lamps"].pk])))
    for words in ("示例市", "insider岗", "路灯", "示例三定方案 3"):
        assert words in page
    assert re.search(r"<dd>20\d\d年\d+月\d+日 星期.</dd>", page), "a day as people write it"


def test_units_come_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    _city, client = client_of("sysadmin")
    monkeypatch.setattr(registers, "PAGE", 3)
    seen, url = [], reverse("desk:units")
    while url:
        page = text_of(client.get(url))
        seen += re.findall(r"/desk/units/([0-9a-f-]{36})/", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("name", ["units", "accounts"])
@pytest.mark.parametrize("after", ["\x00", "'; DROP", "九", "9" * 99])
def test_a_strange_place_to_go_on_from_is_no_error(name: str, after: str) -> None:
    _city, client = client_of("sysadmin" if name == "units" else "secadmin")
    get(client, name, after=after)


# --- limits ----------------------------------------------------------------------------------------------------------

NEW = {
    "code": "order:answer", "valid_from": "2026-12-01", "amount": "4", "unit": "working_days", "basis_zh": "新条例第一条", "basis_en": "New Art. 1",
}  # fmt: skip


def test_a_new_limit_counts_from_its_day_and_is_audited() -> None:
    city, client = client_of("sysadmin")
    before = file(city, at=NOW)
    bring_to(city, before, "forwarded", NOW)
    assert client.post(reverse("desk:limits"), NEW)["Location"] == reverse("desk:limits")
    row = Limit.objects.get(code="answer", amount=4)
    assert (row.valid_from, row.basis_zh, row.practice) == (dt.date(2026, 12, 1), "新条例第一条", False)
    after = file(city, at=NOW + 10 * ONE_DAY)
    bring_to(city, after, "forwarded", NOW + 10 * ONE_DAY)
    amounts = dict(Term.objects.filter(code="answer").values_list("matter_id", "amount"))
    assert amounts == {before.case.pk: 5, after.case.pk: 4}
    change = Change.objects.get(what="limit")
    assert change.account == city.accounts["sysadmin"].pk
    assert change.before is not None
    assert change.after is not None
    assert (change.before["amount"], change.after["amount"]) == (5, 4)
    page = get(client, "limits")
    assert "新条例第一条" in page
    assert "将来" in page


def test_a_new_limit_is_tried_out_on_the_last_cases_before_it_is_kept() -> None:
    city, client = client_of("sysadmin")
    for n in range(3):
        bring_to(city, file(city, at=NOW + n * ONE_DAY), "forwarded", NOW + n * ONE_DAY)
    page = text_of(client.post(reverse("desk:limits"), NEW | {"go": "preview"}))
    assert "最近 3 件里，3 件的到期日会变：3 项提前、0 项推后" in page
    assert "新条例第一条" in page
    assert SAMPLES not in page
    assert not Limit.objects.filter(amount=4).exists()
    assert not Change.objects.filter(what="limit").exists()
    same = text_of(client.post(reverse("desk:limits"), NEW | {"amount": "5", "go": "preview"}))
    assert "最近 3 件里，没有一件的到期日会变" in same
    wrong = client.post(reverse("desk:limits"), NEW | {"amount": "0", "go": "preview"})
    assert wrong.status_code == 422
    # An administrator learns how many, and nothing of a case.
    assert not any(number in page for number in Case.objects.values_list("number", flat=True))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "order:nothing"}, "没有这项期限"),
        ({"code": ""}, "没有这项期限"),
        ({"valid_from": "2026-11-24"}, "须从明天或以后起"),
        ({"valid_from": "soon"}, "请按“年-月-日”填写"),
        ({"amount": "0"}, "请填写 1 到 365 之间的整数"),
        ({"amount": "٣"}, "请填写整数"),
        ({"unit": "weeks"}, "请从所列选项中选择"),
        ({"basis_zh": " "}, "请写明依据"),
        ({"basis_en": "x" * 201}, "最多 200 字"),
    ],
)
def test_a_wrong_limit_is_refused_and_what_was_typed_is_kept(wrong: dict[str, str], words: str) -> None:
    _city, client = client_of("sysadmin")
    answer = client.post(reverse("desk:limits"), NEW | wrong)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert ("新条例第一条" in page) is ("basis_zh" not in wrong)
    assert not Limit.objects.filter(amount=4).exists()


SIMPLE = NEW | {"code": "claim:simple", "amount": "10", "unit": "working_days", "practice": "on"}


def test_what_no_law_sets_is_off_until_it_is_turned_on_and_can_be_turned_off_again() -> None:
    _city, client = client_of("sysadmin")
    assert "停用（10 个工作日）" in get(client, "limits")
    client.post(reverse("desk:limits"), SIMPLE)
    row = Limit.objects.filter(procedure="claim", code="simple").latest("valid_from")
    assert (row.off, row.practice) == (False, True)
    client.post(reverse("desk:limits"), SIMPLE | {"valid_from": "2027-06-01", "off": "on"})
    assert Limit.objects.filter(procedure="claim", code="simple").latest("valid_from").off


@pytest.mark.parametrize("code", ["claim:answer", "claim:accept", "claim:report", "order:answer"])
def test_what_the_law_sets_or_the_work_needs_is_never_off(code: str) -> None:
    _city, client = client_of("sysadmin")
    before = Limit.objects.count()
    answer = client.post(reverse("desk:limits"), SIMPLE | {"code": code, "off": "on"})
    assert answer.status_code == 422
    assert "不能停用" in text_of(answer)
    assert Limit.objects.count() == before


def test_one_day_has_one_row() -> None:
    _city, client = client_of("sysadmin")
    client.post(reverse("desk:limits"), NEW)
    answer = client.post(reverse("desk:limits"), NEW | {"amount": "3"})
    assert "这一天已有一行" in text_of(answer)
    assert Limit.objects.filter(procedure="order", code="answer").count() == 2


def test_the_action_itself_asks_for_the_capability() -> None:
    city = make_city()
    values: dict[str, Any] = {
        "procedure": "order", "code": "answer", "valid_from": dt.date(2027, 1, 1), "amount": 4, "unit": Limit.WORKING,
        "practice": True, "basis_zh": "工作惯例", "basis_en": "practice", "at": NOW,
    }  # fmt: skip
    for login in ("clerk", "deputy", "secadmin", "audadmin"):
        with pytest.raises(NotAllowed):
            set_limit(**values, by=city.viewer(login))
    assert set_limit(**values, by=city.viewer("sysadmin")).roll


# --- calendar --------------------------------------------------------------------------------------------------------

NOTICE = {
    "year": "2027",
    "source": "示例通知〔2026〕9号",
    "published_on": "2026-11-20",
    "lines": "2027-01-01 holiday 元旦 New Year's Day\n2027-01-04 holiday 元旦 New Year's Day\n\n2027-01-09 makeup_workday 补班 In lieu",
}


def near_the_year(city: City, number: int) -> list[Any]:
    """Cases whose limit for the answer reaches into the unpublished year."""
    at = dt.datetime(2026, 12, 29, 2, tzinfo=dt.UTC)
    filed = [file(city, at=at) for _ in range(number)]
    for one in filed:
        bring_to(city, one, "handling", at)
    return filed


def test_open_limits_in_an_unpublished_year_are_warned_of() -> None:
    city, client = client_of("sysadmin", EN)
    assert "not published" not in get(client, "calendar")
    near_the_year(city, 2)
    page = get(client, "calendar")
    assert "Limits reach into a year whose holidays are not published" in page
    assert "2 running limits are counted by weekdays for now" in page


def test_the_warning_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    city, client = client_of("sysadmin", EN)
    near_the_year(city, 3)
    monkeypatch.setattr(registers, "MOST", 2)
    assert "At least 2 running limits" in get(client, "calendar")


def test_a_notice_is_looked_at_before_it_is_published() -> None:
    city, client = client_of("sysadmin")
    near_the_year(city, 2)
    before = list(
        Term.objects.filter(state="running").order_by("id").values_list("due_effective", "provisional")
    )
    answer = client.post(reverse("desk:calendar"), NOTICE | {"go": "preview"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "2 项在办期限会变" in page
    assert SAMPLES not in page, "and its buttons work"
    assert "示例通知〔2026〕9号" in page
    assert not CalendarNotice.objects.filter(year=2027).exists()
    assert not Change.objects.filter(what="calendar", object_id="2027").exists()
    assert (
        list(Term.objects.filter(state="running").order_by("id").values_list("due_effective", "provisional"))
        == before
    )
    assert 2027 not in in_force().published_years, "the trial left nothing in the cache"
    published = client.post(reverse("desk:calendar"), NOTICE | {"go": "publish"}, follow=True)
    assert "已公布，在办期限正在重新计算。" in text_of(published)
    assert terms.recount_next(notice=CalendarNotice.objects.get(year=2027).pk, at=NOW)
    assert "正在算" in get(client, "calendar")
    terms.recount(at=NOW)
    page = get(client, "calendar")
    assert "2027 年通知：已算 2 件，变了 2 项期限" in page
    assert "已算完" in page
    after = Term.objects.filter(state="running").values_list("provisional", flat=True)
    assert set(after) == {False}
    assert in_force().day(dt.date(2027, 1, 4)).kind == DayKind.HOLIDAY
    notice = CalendarNotice.objects.get(year=2027)
    assert (notice.source, notice.published_on, notice.entered_by) == (
        "示例通知〔2026〕9号",
        dt.date(2026, 11, 20),
        city.accounts["sysadmin"].pk,
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"year": "二〇二七"}, "请填写年份"),
        ({"year": "1999"}, "请填写年份"),
        ({"source": ""}, "请填写"),
        ({"published_on": "x"}, "请按“年-月-日”填写"),
        ({"lines": ""}, "请填写"),
        ({"lines": "2027-01-01 holiday 元旦"}, "第 1 行：要有日期、种类、中文名、英文名四样"),
        ({"lines": "\n2027-13-01 holiday 元旦 New"}, "第 2 行：“2027-13-01”不是日期"),
        ({"lines": "2027-01-01 weekday 元旦 New"}, "第 1 行：种类“weekday”不对"),
        ({"lines": "2026-01-01 holiday 元旦 New"}, "不在 2027 年"),
        (
            {"lines": "2027-01-01 holiday 元旦 New\n2027-01-01 holiday 元旦 New"},
            "第 2 行：2027-01-01 写了两次",
        ),
        ({"lines": "2027-01-01 holiday 元旦 " + "N" * 61}, "第 1 行：名称太长"),
        ({"lines": "\n" * 300 + "x"}, "太长了"),
        ({"source": "\x00"}, "含有不能保存的字符"),
    ],
)
def test_a_wrong_notice_is_refused_with_its_line(wrong: dict[str, str], words: str) -> None:
    _city, client = client_of("sysadmin")
    answer = client.post(reverse("desk:calendar"), NOTICE | wrong | {"go": "publish"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not CalendarNotice.objects.filter(year=2027).exists()


def test_lines_are_read_with_names_of_several_words() -> None:
    assert read_lines("2027-01-01 holiday 元旦 New Year's Day") == {
        dt.date(2027, 1, 1): (DayKind.HOLIDAY, "元旦", "New Year's Day")
    }
    with pytest.raises(Refused):
        read_lines("2027-01-01 holiday")


# --- accounts --------------------------------------------------------------------------------------------------------


def test_accounts_stand_there_with_their_posts() -> None:
    _city, client = client_of("secadmin")
    page = get(client, "accounts")
    for words in ("示例insider", "insider岗", "示例路灯处", "使用中"):
        assert words in page
    own = page.split("示例secadmin")[1].split("</li>")[0]
    assert "deactivate" not in own, "nobody shuts their own account"


def test_a_shut_account_can_do_nothing_from_its_next_request_on() -> None:
    city, client = client_of("secadmin")
    victim = signed_in(city, "insider")
    assert victim.get(reverse("desk:queue")).status_code == 200
    url = reverse("desk:deactivate", args=[city.accounts["insider"].pk])
    assert client.get(url).status_code == 405
    assert "账号 insider 已停用" in text_of(client.post(url, follow=True))
    assert victim.get(reverse("desk:queue")).status_code == 302
    assert "这个账号已经停用" in text_of(client.post(url, follow=True))
    change = Change.objects.get(what="account", object_id="insider", before__isnull=False)
    assert (change.account, change.after) == (city.accounts["secadmin"].pk, {"active": False})


def test_nobody_shuts_their_own_account() -> None:
    city, client = client_of("secadmin")
    url = reverse("desk:deactivate", args=[city.accounts["secadmin"].pk])
    assert "不能停用自己的账号" in text_of(client.post(url, follow=True))
    city.accounts["secadmin"].refresh_from_db()
    assert city.accounts["secadmin"].is_active


def test_accounts_come_page_by_page_and_names_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    city, client = client_of("secadmin")
    city.accounts["clerk"].name = HOSTILE
    city.accounts["clerk"].save()
    monkeypatch.setattr(registers, "PAGE", 5)
    page = get(client, "accounts")
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert 'rel="next"' in page
    assert "示例stranger" not in page


# --- access log ------------------------------------------------------------------------------------------------------


def span(login: str = "clerk", **more: str) -> dict[str, str]:
    return {"login": login, "since": "2026-11-24T00:00", "until": "2026-11-25T00:00"} | more


def test_what_an_account_saw_between_two_moments() -> None:
    city, client = client_of("audadmin")
    filed = file(
        city, at=NOW, words=Words(title="绝密标题", text="绝密正文", name="甲某", phone="199 0000 0001")
    )
    signed_in(city, "clerk").get(matter_url(filed.case.pk))
    page = get(client, "access_log", **span())
    assert filed.reference in page
    assert "事项页" in page
    assert "原话、遮掩的姓名和电话" in page
    assert "2026-11-24 10:00:00" in page
    assert "绝密" not in page
    assert "甲某" not in page
    earlier = get(client, "access_log", **span(since="2026-11-23T00:00", until="2026-11-24T10:00"))
    assert filed.reference not in earlier
    assert filed.reference not in get(client, "access_log", **span("insider"))


def test_looking_into_the_log_is_written_down_too() -> None:
    city, client = client_of("audadmin")
    get(client, "access_log", **span())
    row = AccessLog.objects.get()
    assert (row.page, row.account) == ("access_log", city.accounts["audadmin"].pk)
    assert row.fields == f"account:{city.accounts['clerk'].pk}"


def test_the_log_comes_page_by_page_the_newest_first(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    city, client = client_of("audadmin")
    clerk = signed_in(city, "clerk")
    for n in range(5):
        clerk.get(reverse("desk:queue"))
        if n % 2:
            clock.forward(seconds=1)
    monkeypatch.setattr(registers, "PAGE", 2)
    times, url, pages = (
        [],
        reverse("desk:access_log") + "?login=clerk&since=2026-11-24T00:00&until=2026-11-25T00:00",
        0,
    )
    while url:
        page = text_of(client.get(url))
        times += re.findall(r"2026-11-24 \d\d:\d\d:\d\d", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url, pages = (following[1].replace("&amp;", "&") if following else ""), pages + 1
    assert (len(times), pages) == (5, 3)
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "query", [span("\x00"), span("nobody"), span(since="x"), span(until=""), span(login=""), span(HOSTILE)]
)
def test_a_question_that_cannot_be_answered_is_told(query: dict[str, str]) -> None:
    _city, client = client_of("audadmin")
    answer = client.get(reverse("desk:access_log"), query)
    assert answer.status_code == 422
    assert HOSTILE not in text_of(answer)
    assert not AccessLog.objects.exists()
