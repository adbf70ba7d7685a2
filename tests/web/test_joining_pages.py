"""Split and joined cases on their pages: the trail at the desk inside the gate, the threads at the portal, one row in the
queue; of others nothing is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.web.desk_helpers import EN, NOW, ZH, signed_in
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core import gate
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.insight import queue
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db

EARLIER = NOW - dt.timedelta(hours=3)


def pair(city: City, state: str = "handling") -> tuple[Filed, Filed]:
    """A head in a state, and what was joined to it."""
    head, other = file(city, at=EARLIER), file(city, at=NOW)
    bring_to(city, head, state, EARLIER)
    bring_to(city, other, "registered", NOW)
    take(other.case.pk, "join", city.actor("clerk"), NOW, head=head.reference)
    return head, other


def desk(city: City, login: str, case: Case, language: str = ZH) -> str:
    page = signed_in(city, login, language).get(reverse("desk:matter", args=[case.pk]))
    return page.content.decode() if page.status_code == 200 else str(page.status_code)


def main_of(page: str) -> str:
    """The page without the list beside it."""
    return page.partition("<main")[2]


def tracked(client: Client, filed: Filed, number: str = "", language: str = ZH) -> str:
    """The tracking page, opened with a number of the submission and its secret."""
    number = number or filed.reference
    shown = client.post(
        reverse("portal:track"),
        {"reference": number, "secret": filed.secret},
        follow=True,
        headers={"accept-language": language},
    )
    assert shown.redirect_chain[-1][0] == reverse("portal:case", args=[number])
    return shown.content.decode()


def test_both_ends_of_a_joining_are_told_and_linked_at_the_desk() -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    for login in ("clerk", "insider"):
        page = desk(city, login, other.case)
        assert reverse("desk:matter", args=[head.case.pk]) in page
        assert "这一件随另一件一起办理" in page
        page = desk(city, login, head.case)
        assert reverse("desk:matter", args=[other.case.pk]) in page
        assert "这件事来自 2 份提交" in page
    assert "From 2 submissions, handled together" in desk(city, "insider", head.case, EN)


def test_who_may_not_find_a_case_reads_no_number_of_it_and_a_stranger_nothing() -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    for role in ("lead", "co"):
        Part.objects.filter(matter=head.case.pk, role=role).update(unit=city.units["schools"])
    page = desk(city, "insider", other.case)
    assert head.reference not in page
    assert str(head.case.pk) not in page
    assert "在那一件上办，同时办到这一件。" in page
    take(other.case.pk, "part", city.actor("clerk"), NOW, reason="不是一回事")
    page = desk(city, "insider", other.case)
    assert head.reference not in page
    assert "另一件（不归您看）" in page
    page = desk(city, "stranger", head.case)
    assert other.reference not in page
    assert str(other.case.pk) not in page
    assert desk(city, "stranger", other.case) == "404"
    assert desk(city, "accused", head.case) == "404"


def test_a_handler_reads_the_cleared_text_of_what_was_joined_and_not_the_words() -> None:
    city = make_city(EARLIER)
    _head, other = pair(city)
    page = desk(city, "insider", other.case)
    assert "三号杆路灯不亮" in page
    assert "示例路三号杆的路灯不亮一周了" not in page
    matter = Matter.objects.get(pk=other.case.pk)
    deputy = gate.present(matter, city.viewer("deputy"), Channel.DESK)
    assert deputy.text is None


def test_that_two_cases_are_one_persons_is_for_the_sender_alone() -> None:
    city = make_city(EARLIER)
    filed = file(city, at=EARLIER)
    bring_to(city, filed, "handling", EARLIER)
    words = {"title": "路面坑洼", "text": "同一路口路面有坑", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "split", city.actor("clerk"), NOW, **words)
    part = Case.objects.get(submission=filed.submission, title="路面坑洼")
    take(part.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=[])
    assert part.number in desk(city, "clerk", filed.case)
    for case in (filed.case, part):
        matter = Matter.objects.get(pk=case.pk)
        assert gate.present(matter, city.viewer("clerk"), Channel.DESK).trail.ties
        assert gate.present(matter, city.viewer("insider"), Channel.DESK).trail.ties == []
    # What was split off may be a complaint about the very unit that handles the rest.
    take(part.pk, "withdraw", submitter(filed, part), NOW)
    page = main_of(desk(city, "insider", filed.case))
    for word in (part.number, "路面坑洼", "分出"):
        assert word not in page
        assert word in main_of(desk(city, "clerk", filed.case))
    assert filed.reference in main_of(desk(city, "clerk", part))
    assert filed.reference not in main_of(desk(city, "insider", part))


def test_the_card_of_a_step_says_that_it_reaches_each_and_service_that_it_must_have() -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    each, served = "同时办到随这一件办理的每一件", "须已这样送达每一位本人"
    page = desk(city, "insider", head.case)
    assert page.count(each) >= 2
    assert each not in desk(city, "insider", other.case)
    take(head.case.pk, "answer", city.actor("insider"), NOW, text="已修好。", outcome="solved")
    assert served in desk(city, "auditor", head.case)
    assert served not in desk(city, "auditor", other.case)


def test_the_queue_has_one_row_a_matter_and_says_how_many_go_with_it() -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    viewer = city.viewer("insider")
    rows = queue.page(viewer, queue.Wanted(), NOW).rows
    assert [(row.number, row.joined, row.follows) for row in rows] == [(head.reference, 1, False)]
    every = queue.page(viewer, queue.Wanted(whose=queue.ALL), NOW).rows
    assert {(row.number, row.follows) for row in every} == {(head.reference, False), (other.reference, True)}
    page = signed_in(city, "insider").get(reverse("desk:queue") + "?whose=all").content.decode()
    assert "另有 1 件一起办" in page
    assert "随另一件办理" in page


def test_a_submitter_is_told_that_it_goes_with_others_and_of_whom_nothing(client: Client) -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    page = tracked(client, other)
    assert "您的诉求与其他人反映的同一件事一起办理" in page
    assert head.reference not in page
    assert "Your request is handled together with others" in tracked(client, other, language=EN)
    page = tracked(client, head)
    assert "其他人" not in page
    assert other.reference not in page
    take(other.case.pk, "part", city.actor("clerk"), NOW, reason="不是一回事，王某说的是另一根")
    page = tracked(client, other)
    assert "改为单独办理" in page
    assert "王某" not in page
    assert head.reference not in page


def test_each_thread_of_a_submission_has_its_page_behind_the_one_secret(client: Client) -> None:
    city = make_city(EARLIER)
    filed = file(city, at=EARLIER)
    bring_to(city, filed, "forwarded", EARLIER)
    words = {"title": "路面坑洼", "text": "同一路口路面有坑", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "split", city.actor("clerk"), NOW, **words)
    part = Case.objects.get(submission=filed.submission, title="路面坑洼")
    first = tracked(client, filed)
    assert "您这次提交有 2 件" in first
    assert reverse("portal:case", args=[part.number]) in first
    second = tracked(client, filed, part.number)
    assert f'<strong aria-current="page">{part.title}</strong>' in second
    assert "What you sent us became 2 cases" in tracked(client, filed, part.number, language=EN)
    client.post(reverse("portal:step", args=[part.number, "withdraw"]), {"seen": "1"})
    states = dict(
        Matter.objects.filter(case__submission=filed.submission).values_list("case__number", "state")
    )
    assert states == {filed.reference: "forwarded", part.number: "withdrawn"}


def test_the_number_of_somebody_elses_case_opens_nothing(client: Client) -> None:
    city = make_city(EARLIER)
    head, other = pair(city)
    tracked(client, other)
    page = client.get(reverse("portal:case", args=[head.reference]))
    assert page.status_code == 302
    wrong = {"reference": head.reference, "secret": other.secret}
    assert client.post(reverse("portal:track"), wrong).status_code == 422


def test_the_desk_splits_joins_and_parts_by_the_one_step_form() -> None:
    city = make_city(EARLIER)
    head, other = file(city, at=EARLIER), file(city, at=NOW)
    bring_to(city, head, "handling", EARLIER)
    bring_to(city, other, "registered", NOW)
    user = signed_in(city, "clerk")
    address = reverse("desk:step", args=[other.case.pk, "join"])
    refused = user.post(address, {"head": "K7MQ-3Q9X-D", "seen": "2"})
    assert refused.status_code == 422
    assert 'value="K7MQ-3Q9X-D"' in refused.content.decode()
    assert user.post(address, {"head": head.reference.lower(), "seen": "2"}).status_code == 302
    assert Case.objects.get(pk=other.case.pk).joined_to_id == head.case.pk
    address = reverse("desk:step", args=[other.case.pk, "part"])
    assert user.post(address, {"reason": "不是一回事", "seen": "5"}).status_code == 302
    assert Case.objects.get(pk=other.case.pk).joined_to_id is None
