"""One step on several: looked at first, then all that can, by the same action; the rest stay and say why."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, case_in, signed_in, text_of
from yipanqi.cases.procedure import ORDER
from yipanqi.core import bulk
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Kind
from yipanqi.web.desk.orders import run_due_orders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "desk:bulk"


def states(*ids: UUID) -> list[str]:
    by_id = dict(Matter.objects.filter(pk__in=ids).values_list("pk", "state"))
    return [by_id[pk] for pk in ids]


def post(city: City, login: str, step: str, ids: list[Any], language: str = "zh-hans", **more: Any) -> Any:
    return signed_in(city, login, language).post(reverse(URL), {"step": step, "pick": ids, **more})


def test_a_preview_changes_nothing_and_says_who_can_follow_and_why_others_cannot() -> None:
    city = make_city()
    good, done = case_in(city, "forwarded").case.pk, case_in(city, "handling").case.pk
    before = Move.objects.count()
    answer = post(city, "insider", "accept", [good, done])
    page = text_of(answer)
    assert answer.status_code == 200
    assert (Move.objects.count(), states(good, done)) == (before, ["forwarded", "handling"])
    assert "接收：1 件" in page
    for words in ("会告诉", "结束计时", "不能一起办", "现在是“办理中”"):
        assert words in page, words
    assert page.count(f'value="{good}"') == 1
    assert f'value="{done}"' not in page
    assert "Will be done" in text_of(post(city, "insider", "accept", [good, done], EN))


def carry_out(clock: Clock) -> None:
    """The time to undo is over."""
    run_due_orders(at=clock.forward(seconds=10))


def test_taking_it_takes_it_on_all_by_the_engine(clock: Clock) -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk for _ in range(3)]
    assert post(city, "insider", "accept", ids, go="take").status_code == 302
    assert states(*ids) == ["forwarded"] * 3, "it can be undone"
    assert not Move.objects.filter(step="accept").exists()
    carry_out(clock)
    assert states(*ids) == ["handling"] * 3
    assert Move.objects.filter(step="accept", actor_account=city.accounts["insider"].pk).count() == 3


def test_where_one_cannot_follow_any_more_none_is_taken() -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk for _ in range(2)]
    take(ids[1], "accept", city.actor("insider"), NOW)
    answer = post(city, "insider", "accept", ids, go="take")
    assert answer.status_code == 409
    assert "一件都没有办理" in text_of(answer)
    assert "接收这 1 件" in text_of(answer), "the rest can still be taken"
    assert states(*ids) == ["forwarded", "handling"]


def test_routing_goes_where_the_duty_list_says_or_to_one_chosen_unit(clock: Clock) -> None:
    city = make_city()
    filed = [file(city, at=NOW) for _ in range(3)]
    for one in filed[:2]:
        bring_to(city, one, "registered", NOW)
    ids = [one.case.pk for one in filed]
    page = text_of(post(city, "clerk", "route", ids))
    assert page.count('class="cell-text">示例路灯处<') == 2
    assert "转办：2 件" in page
    assert "转办这 2 件" in page
    assert page.index("转办这 2 件") < page.index("不能一起办"), "not below what stays"
    assert '<option value="示例道路处">' in page, "a unit is chosen, not remembered"
    assert post(city, "clerk", "route", ids[:2], go="take").status_code == 302
    carry_out(clock)
    leads = Matter.objects.get(pk=ids[0]).parts.filter(role="lead")
    assert [part.unit.code for part in leads] == ["lamps"]
    last = file(city, at=NOW)
    bring_to(city, last, "registered", NOW)
    wrong = text_of(post(city, "clerk", "route", [last.case.pk], unit="nowhere", go="take"))
    assert 'id="unit_error">没有这个单位' in wrong
    assert "会办理" not in wrong, "where it would go is not known"
    assert 'value="take"' in wrong
    assert "转办这" not in wrong
    assert post(city, "clerk", "route", [last.case.pk], unit="roads", go="take").status_code == 302
    carry_out(clock)
    assert Matter.objects.get(pk=last.case.pk).parts.get(role="lead").unit.code == "roads"


def test_strangers_and_strange_steps_get_nothing() -> None:
    city = make_city()
    pk = case_in(city, "forwarded").case.pk
    assert post(city, "stranger", "accept", [pk]).status_code == 404
    assert post(city, "insider", "answer", [pk]).status_code == 404
    assert post(city, "insider", "route", [pk]).status_code == 404
    assert post(city, "insider", "accept", ["nonsense"]).status_code == 302
    assert post(city, "insider", "accept", [UUID(int=n) for n in range(101)]).status_code == 302
    assert states(pk) == ["forwarded"]


def test_at_most_a_hundred_and_never_without_the_right() -> None:
    city = make_city()
    answers: dict[UUID, dict[str, Any]] = {UUID(int=n): {} for n in range(101)}
    by = city.actor("insider")
    for function in (bulk.foresee, bulk.take_all):
        with pytest.raises(Refused, match="100"):
            function(answers=answers, step="accept", by=by, at=NOW)
    pk = case_in(city, "forwarded").case.pk
    assert bulk.foresee(answers={pk: {}}, step="accept", by=city.actor("stranger"), at=NOW)[pk]


def test_the_queue_has_ticks_where_something_can_be_done_with_several() -> None:
    city = make_city()
    case_in(city, "forwarded")
    page = text_of(signed_in(city, "insider").get(reverse("desk:queue")))
    assert len(re.findall(r'type="checkbox"[^>]*name="pick"', page)) == 1
    assert "接收勾选的" in page
    every = text_of(signed_in(city, "insider").get(reverse("desk:queue") + "?whose=all"))
    assert 'name="pick"' not in every
    assert 'name="pick"' not in text_of(signed_in(city, "deputy").get(reverse("desk:queue")))


def test_a_step_has_one_button_whatever_the_kinds_here_call_it() -> None:
    city = make_city()

    def buttons() -> list[tuple[str, str]]:
        page = text_of(signed_in(city, "clerk").get(reverse("desk:queue")))
        return re.findall(r'name="step" value="(\w+)"><span>([^<]+)<', page)

    bring_to(city, file(city, at=NOW), "registered", NOW)
    assert buttons() == [("route", "转办勾选的")]
    for kind in ("suggestion", "claim"):
        bring_to(city, file(city, at=NOW, kind=kind), "registered", NOW)
    assert buttons() == [("route", "转办、交办、转送勾选的")]
    page = text_of(signed_in(city, "clerk", EN).get(reverse("desk:queue")))
    assert "<span>Forward, send for study those ticked<" in page, "two of them say the same in English"


def test_what_may_be_taken_in_bulk_asks_the_same_of_all_or_a_unit() -> None:
    steps = [step for step in ORDER.steps if step.bulk]
    assert {step.name for step in steps} == {"accept", "route"}
    for step in steps:
        assert all(ask.kind == Kind.UNIT or not ask.required for ask in step.asks)
