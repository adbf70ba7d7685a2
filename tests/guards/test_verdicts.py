"""H6: satisfaction is neither begged nor forced. Who handles a case cannot tell that it was judged, let alone how,
before the time to judge is over; and that somebody was pressed reaches those who supervise, and nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city, submitter, take
from tests.web.desk_helpers import (
    NOW,
    ONE_DAY,
    case_in,
    city_with,
    matter_url,
    page_of,
    post_step,
    signed_in,
    text_of,
)
from yipanqi.cases.actions import Filed, reissue_secret
from yipanqi.cases.models import Verdict
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import AccessLog, Matter
from yipanqi.core.veil import told, uncounted, veiled
from yipanqi.organisations.timeline import history_of

pytestmark = pytest.mark.django_db

BAD = {"grade": "not_satisfied", "solved": "no", "comment": "敷衍"}
GOOD = {"grade": "satisfied", "solved": "yes"}
HANDLERS = ("insider", "colleague")
STAFF = (*HANDLERS, "clerk", "auditor", "deputy")


def judge(filed: Filed, at: Any = NOW, **answers: Any) -> None:
    take(filed.case.pk, "evaluate", submitter(filed), at, **answers)


def pages(city: City, login: str, filed: Filed) -> list[str]:
    """Whatever of the case this member of staff can look at, without what differs in every answer."""
    client = signed_in(city, login)
    addresses = [
        matter_url(filed.case.pk),
        "/desk/queue/?whose=all",
        "/desk/queue/?whose=all&state=served",
        "/desk/",
        "/desk/calls/",
        "/desk/approvals/",
        "/desk/supervision/",
        "/desk/notices/?show=all",
    ]
    shown = [text_of(client.get(address)) for address in addresses]
    return [re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", page) for page in shown]


@pytest.mark.parametrize("login", STAFF)
def test_no_number_on_any_page_of_staff_changes_when_the_submitter_judges(login: str) -> None:
    """Not even the number of moves that a form carries along."""
    city, filed = city_with("served", founded=NOW)
    before = pages(city, login, filed)
    judge(filed, **BAD, pressed="on")
    judge(filed, **BAD)
    assert pages(city, login, filed) == before


def test_a_verdict_causes_staff_no_conflict_and_is_not_counted() -> None:
    """A conflict over nothing that they can see would tell them."""
    city, filed = city_with("served", founded=NOW)
    seen = told(Matter.objects.get(pk=filed.case.pk))
    judge(filed, **BAD)
    assert told(Matter.objects.get(pk=filed.case.pk)) == seen
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "open_identity", seen=seen, purpose="contact"
    )
    assert answer.status_code == 302
    # What is under no veil still overtakes.
    late = post_step(signed_in(city, "clerk"), filed.case.pk, "open_identity", seen=seen, purpose="contact")
    assert late.status_code == 409
    assert "insider岗" in text_of(late)
    assert "敷衍" not in text_of(late)


def test_an_earlier_verdict_does_not_vanish_when_a_later_one_is_given() -> None:
    city, filed = city_with("served", founded=NOW)
    judge(filed, **BAD)
    take(filed.case.pk, "second_handling", submitter(filed), NOW, understood="on")
    take(filed.case.pk, "answer", city.actor("insider"), NOW, text="又修了一次。", outcome="solved")
    take(filed.case.pk, "serve", city.actor("auditor"), NOW, method="portal", proof="示例")
    before = pages(city, "insider", filed)
    assert "不满意；没有解决" in before[0]
    judge(filed, **GOOD)
    assert pages(city, "insider", filed) == before


def test_when_the_time_is_over_the_verdict_is_open_and_numbers_count_it() -> None:
    city, filed = city_with("served", founded=NOW)
    judge(filed, **BAD)
    take(filed.case.pk, "close", SYSTEM, NOW + 16 * ONE_DAY)
    assert "不满意；没有解决" in page_of(city, "insider", filed.case.pk)
    matter = Matter.objects.get(pk=filed.case.pk)
    assert told(matter) == matter.moves_count


# --- "I was pressed" -------------------------------------------------------------------------------------------------

PRESSED = "有人要求或劝其给好评"


def pressed_case(city: City, *, closed: bool = True) -> Filed:
    filed = case_in(city, "served")
    judge(filed, **GOOD, pressed="on")
    if closed:
        take(filed.case.pk, "close", SYSTEM, NOW)
    return filed


def test_a_supervisor_finds_where_somebody_was_pressed() -> None:
    city = make_city(NOW)
    filed, other = pressed_case(city), case_in(city, "closed")
    client = signed_in(city, "deputy")
    page = text_of(client.get(reverse("desk:pressed")))
    assert matter_url(filed.case.pk) in page
    assert matter_url(other.case.pk) not in page
    assert "示例路灯处" in page
    assert reverse("desk:pressed") in text_of(client.get("/desk/"))
    assert PRESSED in page_of(city, "deputy", filed.case.pk)
    assert PRESSED not in page_of(city, "deputy", other.case.pk)
    assert list(AccessLog.objects.filter(page="pressed").values_list("fields", flat=True)) == ["pressed"]
    assert "pressed me for a good verdict" in page_of(city, "deputy", filed.case.pk, "en")


@pytest.mark.parametrize("login", ["insider", "colleague", "clerk", "auditor", "callback"])
def test_nobody_else_learns_it(login: str) -> None:
    city = make_city(NOW)
    filed = pressed_case(city)
    page = page_of(city, login, filed.case.pk)
    assert PRESSED not in page
    assert "好评" not in page
    assert signed_in(city, login).get(reverse("desk:pressed")).status_code == 404


@pytest.mark.parametrize("unit", ["lamps", "roads"])
def test_the_head_of_a_unit_that_handled_it_is_no_supervisor(unit: str) -> None:
    """Who presses may be the head, who oversees the unit as well."""
    from tests.factories import DAY
    from yipanqi.organisations.actions import appoint
    from yipanqi.people.actions import create_accounts, define_role

    city = make_city(NOW)
    filed = pressed_case(city)
    head = define_role(
        code="head", name_zh="负责人", name_en="head", duty="business",
        capabilities=["cases.handle", "cases.oversee", "board.see"], by=None, at=NOW,
    )  # fmt: skip
    [account] = create_accounts(rows=[("head", "示例head", "business")], password=None, by=None, at=NOW)
    appoint(rows=[(account, head, city.units[unit], "负责人", "head")], valid_from=DAY, by=None, at=NOW)
    city.accounts["head"] = account
    assert PRESSED not in page_of(city, "head", filed.case.pk)
    assert matter_url(filed.case.pk) not in text_of(signed_in(city, "head").get(reverse("desk:pressed")))


def test_it_waits_for_the_end_of_the_time_to_judge() -> None:
    city = make_city(NOW)
    filed = pressed_case(city, closed=False)
    assert PRESSED not in page_of(city, "deputy", filed.case.pk)
    assert matter_url(filed.case.pk) not in text_of(signed_in(city, "deputy").get(reverse("desk:pressed")))


def test_whoever_presses_for_another_verdict_does_not_wipe_it_out() -> None:
    """The verdict can be changed under somebody's eyes; that one was pressed stays said."""
    _city, filed = city_with("served", founded=NOW)
    judge(filed, **BAD, pressed="on")
    judge(filed, **GOOD)
    verdict = Verdict.objects.get(case=filed.case)
    assert (verdict.grade, verdict.pressed) == ("satisfied", True)


# --- whose verdict it is ---------------------------------------------------------------------------------------------


def test_a_call_back_does_not_replace_what_the_submitter_said() -> None:
    city, filed = city_with("served", founded=NOW)
    judge(filed, **BAD)
    take(filed.case.pk, "record_verdict", city.actor("callback"), NOW, **GOOD, pressed="on")
    verdict = Verdict.objects.get(case=filed.case)
    assert (verdict.grade, verdict.taken_by, verdict.pressed) == ("not_satisfied", None, True)


def test_what_the_submitter_says_replaces_a_call_back() -> None:
    city, filed = city_with("served", founded=NOW)
    take(filed.case.pk, "record_verdict", city.actor("callback"), NOW, **GOOD)
    judge(filed, **BAD)
    verdict = Verdict.objects.get(case=filed.case)
    assert (verdict.grade, verdict.taken_by) == ("not_satisfied", None)


def test_who_handed_out_a_secret_can_judge_neither_with_it_nor_by_call_back() -> None:
    from django.test import Client

    city, filed = city_with("served", founded=NOW)
    secret = reissue_secret(case=filed.case, checked="counter", by=city.actor("clerk"), at=NOW)
    client = Client()
    client.post(reverse("portal:track"), {"reference": filed.reference, "secret": secret})
    seen = told(Matter.objects.get(pk=filed.case.pk))
    step = reverse("portal:step", args=[filed.reference, "evaluate"])
    assert client.post(step, {"seen": seen, **GOOD}).status_code == 422
    assert not Verdict.objects.exists()
    with pytest.raises(Refused):
        take(filed.case.pk, "record_verdict", city.actor("clerk"), NOW, **GOOD)


@pytest.mark.parametrize("state", ["handling", "served", "closed"])
def test_what_is_veiled_is_the_same_asked_of_the_database_and_read_with_the_page(state: str) -> None:
    city, filed = city_with(state, founded=NOW)
    if state == "served":
        judge(filed, **BAD, pressed="on")
    if state == "handling":
        take(filed.case.pk, "note", city.actor("insider"), NOW, text="先去看看")
    asked, read = (Matter.objects.get(pk=filed.case.pk) for _ in range(2))
    history_of(read)
    assert (veiled(read), uncounted(read)) == (veiled(asked), uncounted(asked))
    assert bool(veiled(read)) == (state == "served")
    assert bool(uncounted(read)) == (state != "closed")
