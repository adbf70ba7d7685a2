"""Planned conferences at the desk: planned, prepared, convened, replied to, held and signed by their pages alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import DAY, PASSWORD, City, make_city
from tests.meetings.meeting_world import ABOUT, advance, meeting
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, post_step, signed_in, text_of
from yipanqi.core.models import Matter
from yipanqi.meetings.actions import LineDraft, hold_conference, lay_down_lines
from yipanqi.meetings.models import BurdenRule, Conference
from yipanqi.organisations.actions import appoint
from yipanqi.people.actions import create_accounts, define_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = reverse("desk:meetings")


def prepare(one: Conference) -> str:
    return reverse("desk:prepare", args=[one.pk])


def planned(city: City, state: str = "planned", **more: Any) -> Conference:
    one = meeting(city, at=NOW - ONE_DAY, **more)
    advance(city, one, state, NOW - ONE_DAY)
    return one


def test_a_conference_is_planned_and_prepared_by_its_pages_alone() -> None:
    city = make_city()
    client = signed_in(city, "deputy")
    answer = client.post(reverse("desk:plan_meeting"), ABOUT | {"sender": str(city.units["socialwork"].pk)})
    one = Conference.objects.get()
    assert answer.headers["Location"] == prepare(one)
    for form in (
        {"go": "agenda", "agenda": "15 传达学习 | 示例社会工作部\n*40 讲话｜示例副书记"},
        {"go": "venue", "unit": "socialwork", "room": "示例厅", "main": "on"},
        {"go": "venue", "unit": "lamps", "room": "二楼", "link": "https://meet.example/r", "heads": "12"},
        {"go": "tested", "venue": "2"},
        {"go": "invite", "kind": "department", "post": "主要负责人", "seat": "attend"},
        {"go": "strike", "attend": ["1", "2"]},
        {"go": "paper", "title": "示例意见", "characters": "3000", "secrecy": "internal"},
    ):
        assert client.post(prepare(one), form).status_code == 302, form
    assert list(one.agenda.values_list("minutes", "main").order_by("number")) == [(15, False), (40, True)]
    assert one.venues.exclude(tested_at=None).get().link == "https://meet.example/r"
    left = set(one.invitations.values_list("unit__code", flat=True))
    assert left < {"socialwork", "lamps", "roads", "schools", "market"}
    assert len(left) == 3
    assert one.papers.get().title == "示例意见"
    assert "*40 讲话 | 示例副书记" in text_of(client.get(prepare(one)))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"go": "agenda", "agenda": "讲话"}, "没有看懂“讲话”"),
        ({"go": "venue", "unit": "nobody", "room": "一楼"}, "会场在哪个单位：没有这个单位。"),
        ({"go": "venue", "unit": "lamps", "room": "一楼", "link": "javascript:x"}, "视频地址：地址须以"),
        ({"go": "venue", "unit": "lamps", "room": "一楼", "heads": "多"}, "预计人数：请填写整数。"),
        ({"go": "invite", "post": "主要负责人", "seat": "attend"}, "没有单位符合这条规则。"),
        ({"go": "invite", "kind": "department", "post": "负责人"}, "出席或列席：请从所列选项中选择。"),
        ({"go": "paper", "title": "示例", "secrecy": "secret"}, "密级：秘密级及以上的文件不能进本平台"),
        ({"go": "strike"}, "请先勾选要去掉的岗位。"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    form: dict[str, str], words: str
) -> None:
    city = make_city()
    one = planned(city)
    answer = signed_in(city, "deputy").post(prepare(one), form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    for value in (form.get("agenda"), form.get("link"), form.get("room"), form.get("title")):
        assert value is None or value in page


def test_only_the_convener_prepares_and_only_until_it_is_held() -> None:
    city = make_city()
    one = planned(city, "convened")
    for login, status in (("deputy", 200), ("insider", 404), ("stranger", 404), ("clerk", 404)):
        assert signed_in(city, login).get(prepare(one)).status_code == status
    assert signed_in(city, "deputy").post(prepare(one), {"go": "nothing"}).status_code == 404
    page = text_of(signed_in(city, "deputy").get(prepare(one)))
    assert "通知已经发出，名单不再改" in page
    advance(city, one, "cancelled", NOW)
    assert signed_in(city, "deputy").get(prepare(one)).status_code == 404


def test_who_issues_and_drafts_nothing_is_led_to_no_page_that_is_not_theirs() -> None:
    city = make_city()
    one = planned(city)
    assert one.matter_id is not None
    role = define_role(
        code="leader", name_zh="leader", name_en="leader", duty="business",
        capabilities=["decisions.issue", "board.see"], by=None, at=city.at,
    )  # fmt: skip
    rows = [("leader", "示例leader", "business")]
    [city.accounts["leader"]] = create_accounts(rows=rows, password=PASSWORD, by=None, at=city.at)
    post = (city.accounts["leader"], role, city.units["city"], "分管领导", "leader")
    appoint(rows=[post], valid_from=DAY, by=None, at=city.at)
    assert prepare(one) in page_of(city, "deputy", one.matter_id)
    page = page_of(city, "leader", one.matter_id)
    assert 'id="step-convene"' in page
    assert prepare(one) not in page
    assert signed_in(city, "leader").get(prepare(one)).status_code == 404


def test_a_conference_runs_to_its_end_by_its_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    city = make_city()
    one = planned(city)
    assert one.matter_id is not None
    deputy, insider = signed_in(city, "deputy"), signed_in(city, "insider")
    convened = post_step(deputy, one.matter_id, "convene", reply_by="2026-12-04", checked="on")
    assert convened.status_code == 302
    page = page_of(city, "insider", one.matter_id)
    card = page.split('id="step-reply"')[1].split("</details>")[0]
    assert "主要负责人（出席）" in card
    assert "示例道路处 主要负责人" not in card, "no unit replies for another"
    answer = post_step(insider, one.matter_id, "reply", invitation="1", reply="leave")
    assert answer.status_code == 422
    assert "向哪位领导请的假：请填写。" in text_of(answer)
    told: dict[str, Any] = {"invitation": "1", "reply": "leave", "reason": "出差", "leader": "示例副市长"}
    assert post_step(insider, one.matter_id, "reply", **told).status_code == 302
    assert post_step(insider, one.matter_id, "receive_papers").status_code == 302
    assert "出差（向示例副市长请假）" in page_of(city, "deputy", one.matter_id)
    assert "出差" not in page_of(city, "colleague", one.matter_id)
    monkeypatch.setattr(timezone, "now", lambda: NOW + dt.timedelta(days=17))
    for login in ("deputy",):
        client = signed_in(city, login)
        assert post_step(client, one.matter_id, "hold", held_on="2026-12-10").status_code == 302
        assert post_step(client, one.matter_id, "draft_minutes", text="议定三件事。").status_code == 302
        assert post_step(client, one.matter_id, "sign_minutes").status_code == 302
    assert Matter.objects.get(pk=one.matter_id).state == "signed"
    assert "议定三件事。" in page_of(city, "colleague", one.matter_id)
    letter = signed_in(city, "colleague").get(reverse("desk:document", args=[one.matter_id, 1]))
    assert letter.content.startswith(b"%PDF")


def test_the_form_of_a_change_begins_with_what_is_so() -> None:
    city = make_city()
    one = planned(city, "convened")
    assert one.matter_id is not None
    card = page_of(city, "deputy", one.matter_id).split('id="step-change"')[1].split("</details>")[0]
    assert 'value="2026-12-10T09:00"' in card
    assert 'value="示例厅"' in card


def test_the_page_has_time_agenda_venues_and_list_in_both_languages() -> None:
    city = make_city()
    one = planned(city, "convened")
    assert one.matter_id is not None
    page = page_of(city, "colleague", one.matter_id)
    for words in (
        "2026年12月10日 09:00 至 11:00",
        "示例厅",
        "出席",
        "列席",
        "示例意见",
        "示例副书记",
        "2026-03",
    ):
        assert words in page
    assert "还没有试机" not in page, "nobody calls the main venue to try"
    english = page_of(city, "colleague", one.matter_id, EN)
    for words in ("Main venue", "Attends", "Observes", "Agenda", "Papers"):
        assert words in english


def test_the_rules_speak_to_who_prepares_and_to_nobody_else() -> None:
    city = make_city()
    BurdenRule.objects.create(
        code="invited",
        valid_from=NOW.date(),
        amount=1,
        practice=True,
        basis_zh="示例规定",
        basis_en="Sample rule",
    )
    one = planned(city, "convened")
    assert one.matter_id is not None
    for page in (
        page_of(city, "deputy", one.matter_id),
        text_of(signed_in(city, "deputy").get(prepare(one))),
    ):
        assert "名单上有 3 个岗位，超过 1 个" in page
        assert "示例规定" in page
    assert "示例规定" not in page_of(city, "insider", one.matter_id)


def test_the_list_has_reports_and_plans_and_the_plan_of_a_year_is_in_the_order_of_its_days() -> None:
    city = make_city()
    later = planned(city, title="十二月的会")
    sooner = planned(city, title="十一月的会", plan_number="2026-01", starts_at="2026-11-30T09:00", ends_at="2026-11-30T10:00")  # fmt: skip
    Conference.objects.create(title="报道里的会", kind="other", held_text="2月14日")
    client = signed_in(city, "deputy")
    everything, year = text_of(client.get(LIST)), text_of(client.get(LIST, {"year": "2026"}))
    assert everything.index("报道里的会") < everything.index("十一月的会") < everything.index("十二月的会")
    assert year.index("十一月的会") < year.index("十二月的会")
    assert "报道里的会" not in year
    assert "计划编号 2026-01" in year
    for one in (later, sooner):
        assert matter_url(one.matter_id) in year  # type: ignore[arg-type]
    assert "十二月的会" not in text_of(client.get(LIST, {"year": "2027"}))
    assert client.get(LIST, {"year": "x", "after": "y"}).status_code == 200


def test_who_has_no_part_in_a_conference_finds_it_on_the_board_once_it_lays_something_down() -> None:
    city = make_city()
    hold_conference(title="别的会", kind="other", by=city.actor("deputy"), at=NOW)
    one = planned(city, "convened")
    stranger, board = signed_in(city, "stranger"), reverse("desk:board")
    own = (f"{board}?conference={one.pk}", reverse("desk:conference", args=[one.pk]))
    assert one.title not in text_of(stranger.get(board))
    assert [stranger.get(url).status_code for url in own] == [404, 404]
    lay_down_lines(conference=one, lines=[LineDraft("修好路灯")], by=city.actor("deputy"), at=NOW)
    assert [stranger.get(url).status_code for url in own] == [200, 200]
