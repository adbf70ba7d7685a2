"""The same again (信访工作条例 19¶3): found by contact and by words together, told on the page of that case alone, and never of
whoever is not to be known (trust-and-ux H1)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.factories import City, file, make_city, take
from tests.web.desk_helpers import NOW, page_of, post_step, signed_in, text_of
from yipanqi.cases.actions import ForAnother, Words
from yipanqi.cases.models import Case
from yipanqi.core.models import Matter

pytestmark = pytest.mark.django_db

HEADING = "可能是重复反映"
NOISE = ("阳光小区工地夜里施工", "阳光小区北门外的工地凌晨还在打桩，噪音很大，孩子睡不着。")
AGAIN = ("夜间施工扰民", "我们阳光小区旁边工地凌晨打桩，吵得孩子没法睡。")
PENSION = ("社保转移", "社保关系怎么从外地转来？养老金年限怎么算？")
PHONE = "199 0000 0003"
ONE_DAY = dt.timedelta(days=1)


def said(
    city: City,
    words: tuple[str, str],
    unit: str = "",
    *,
    at: dt.datetime = NOW - ONE_DAY,
    kind: str = "claim",
    phone: str = PHONE,
    cleared: bool = True,
    anonymity: str = "named",
    person_phone: str = "",
    mandate: ForAnother | None = None,
) -> UUID:
    who: dict[str, str] = {} if anonymity == "anonymous" else {"name": "甲某", "phone": phone}
    if mandate is not None:
        who |= {"person": "乙某", "person_phone": person_phone}
    given = Words(title=words[0], text=words[1], **who)
    pk: UUID = file(city, at=at, words=given, kind=kind, anonymity=anonymity, mandate=mandate).case.pk
    clerk = city.actor("clerk")
    if cleared:
        place = {"category": "lamps", "area": city.area.pk}
        take(pk, "clear", clerk, at, title=words[0], text=words[1], **place)
    if unit:
        take(pk, "route", clerk, at, unit=unit)
    return pk


def number_of(pk: UUID) -> str:
    return str(Case.objects.get(pk=pk).number)


def told(page: str) -> str:
    """What the page says of it; nothing where it says nothing."""
    _before, here, after = page.partition('id="repeats"')
    return after.partition("</section>")[0] if here else ""


def shown(city: City, login: str, pk: UUID) -> str:
    return told(page_of(city, login, pk))


def test_the_earlier_case_is_told_with_number_state_and_holder() -> None:
    city = make_city()
    first = said(city, NOISE, "lamps")
    again = said(city, AGAIN, phone="１９９-0000-0003")
    block = shown(city, "clerk", again)
    assert number_of(first) in block
    assert "已转送" in block
    assert "示例路灯处" in block
    assert "同一地点：阳光小区" in block
    assert "199" not in block
    assert "甲某" not in block
    assert shown(city, "clerk", first) == ""


def test_neither_the_contact_alone_nor_the_words_alone_are_the_same_matter() -> None:
    city = make_city()
    said(city, PENSION)
    said(city, NOISE, phone="199 0000 0004")
    page = page_of(city, "clerk", said(city, AGAIN))
    assert told(page) == ""
    assert "相似的诉求" in page


def test_what_is_told_as_the_same_is_not_told_again_as_alike() -> None:
    city = make_city()
    first, again = said(city, NOISE), said(city, AGAIN)
    page = page_of(city, "clerk", again)
    assert number_of(first) in told(page)
    assert "相似的诉求" not in page


def test_what_was_sent_twice_within_the_hour_is_found_before_anybody_cleared_it() -> None:
    city = make_city()
    first = said(city, NOISE, cleared=False)
    assert number_of(first) in shown(city, "clerk", said(city, NOISE, cleared=False))


@pytest.mark.parametrize("hides", [(True, False), (False, True)])
@pytest.mark.parametrize("anonymity", ["hidden", "anonymous"])
def test_whoever_hid_is_tied_to_nothing(anonymity: str, hides: tuple[bool, bool]) -> None:
    city = make_city()
    ways = [anonymity if each else "named" for each in hides]
    said(city, NOISE, kind="order", anonymity=ways[0])
    assert shown(city, "clerk", said(city, AGAIN, kind="order", anonymity=ways[1])) == ""


def test_what_is_kept_from_the_other_side_is_for_those_alone_who_may_know_it() -> None:
    city = make_city()
    first = said(city, NOISE, "lamps", anonymity="handler_only")
    again = said(city, AGAIN, "lamps")
    assert number_of(first) in shown(city, "clerk", again)
    assert number_of(first) in shown(city, "insider", again)
    assert shown(city, "auditor", again) == ""


def test_an_accusation_is_never_the_same_as_anything() -> None:
    city = make_city()
    said(city, NOISE, kind="accusation", cleared=False)
    assert shown(city, "clerk", said(city, NOISE, cleared=False)) == ""
    page = page_of(city, "clerk", said(city, NOISE, kind="accusation", cleared=False))
    assert HEADING not in page


def test_what_the_viewer_does_not_read_is_not_told() -> None:
    city = make_city()
    said(city, NOISE, "schools")
    again = said(city, AGAIN, "lamps")
    assert shown(city, "insider", again) == ""
    assert shown(city, "deputy", again) == ""
    assert shown(city, "clerk", again) != ""


def test_a_helpers_number_ties_nobody_and_that_of_the_person_concerned_does() -> None:
    city = make_city()
    helper = ForAnother("helper", "oral", agreed=True)
    one = said(city, NOISE, kind="order", mandate=helper, person_phone="199 0000 0007")
    # Another neighbour for whom the same volunteer speaks, and the volunteer for themselves.
    assert shown(city, "clerk", said(city, AGAIN, kind="order", mandate=helper)) == ""
    assert shown(city, "clerk", said(city, AGAIN, kind="order")) == ""
    # The person concerned, by themselves.
    own = said(city, AGAIN, kind="order", phone="199 0000 0007")
    assert number_of(one) in shown(city, "clerk", own)


def test_too_little_of_a_number_is_nobodys() -> None:
    city = make_city()
    said(city, NOISE, phone="12345")
    assert shown(city, "clerk", said(city, AGAIN, phone="12345")) == ""


def test_from_there_it_is_not_accepted_again_with_reason_law_and_where_to_go() -> None:
    city = make_city()
    first = said(city, NOISE, "lamps")
    again = said(city, AGAIN)
    client = signed_in(city, "clerk")
    link = f"{reverse('desk:matter', args=[again])}?step=refuse_accept"
    assert f"{link}#step-refuse_accept" in shown(city, "clerk", again)
    page = text_of(client.get(link))
    assert "《信访工作条例》第十九条第三款" in page
    assert "正由示例路灯处办理" in page
    form: dict[str, Any] = {"ground": "duplicate", "law": "第十九条", "where": "示例路灯处"}
    done = post_step(client, again, "refuse_accept", reason="正在办理", **form)
    assert done.status_code == 302
    assert Matter.objects.get(pk=again).state == "declined"
    # Nothing is deleted, and the older one goes on untouched.
    assert Case.objects.filter(pk=again).exists()
    assert Matter.objects.get(pk=first).state == "forwarded"


def test_nothing_is_filled_in_unless_somebody_follows_the_suggestion() -> None:
    city = make_city()
    said(city, NOISE, "lamps")
    again = said(city, AGAIN)
    assert "第十九条第三款" not in page_of(city, "clerk", again)
    page = text_of(signed_in(city, "clerk").get(reverse("desk:matter", args=[again]) + "?step=route"))
    assert "第十九条第三款" not in page


@pytest.mark.parametrize("how", ["late", "ended", "order", "with no unit"])
def test_what_is_late_ended_or_of_another_kind_is_no_ground_to_decline(how: str) -> None:
    city = make_city()
    if how == "with no unit":
        first = said(city, NOISE)
        assert "step=refuse_accept" not in shown(city, "clerk", said(city, AGAIN))
        return
    first = said(city, NOISE, "lamps", at=NOW - 40 * ONE_DAY, kind="order" if how == "order" else "claim")
    if how == "ended":
        guided = {
            "path": "court",
            "where": "法院",
            "how": "起诉",
            "by_when": "六个月",
            "call_on": "2026-11-01",
        }
        take(first, "guide", city.actor("insider"), NOW - 39 * ONE_DAY, **guided)
        take(first, "call_guided", city.actor("clerk"), NOW - 2 * ONE_DAY, came="going")
    again = said(city, AGAIN)
    block = shown(city, "clerk", again)
    assert number_of(first) in block
    assert "step=refuse_accept" not in block


def test_it_is_joined_to_the_head_by_the_step_that_joins() -> None:
    city = make_city()
    first = said(city, NOISE)
    again = said(city, AGAIN)
    client = signed_in(city, "clerk")
    link = reverse("desk:matter", args=[again]) + "?step=join"
    assert f"{link}#step-join" in shown(city, "clerk", again)
    assert f'value="{number_of(first)}"' in text_of(client.get(link))
    assert post_step(client, again, "join", head=number_of(first)).status_code == 302
    assert Case.objects.get(pk=again).joined_to_id == first
    assert shown(city, "clerk", again) == ""


def test_who_may_not_take_the_step_is_not_led_to_it() -> None:
    city = make_city()
    first = said(city, NOISE, "lamps")
    again = said(city, AGAIN, "lamps")
    block = shown(city, "insider", again)
    assert number_of(first) in block
    assert "step=" not in block


def test_the_receipt_at_the_counter_says_nothing_of_it() -> None:
    city = make_city(NOW)
    said(city, NOISE)
    form: dict[str, Any] = {
        "kind": "claim", "channel": "visit", "title": AGAIN[0], "text": AGAIN[1], "anonymity": "named",
        "name": "甲某", "phone": PHONE,
    }  # fmt: skip
    page = text_of(signed_in(city, "clerk").post(reverse("desk:intake"), form))
    assert HEADING not in page
