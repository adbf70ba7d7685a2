"""Service (送达): what each lawful method needs, and from which day the limits run that it starts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

from tests.factories import City, bring_to, file, make_city, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.steps import claim, shared
from yipanqi.cases.steps.service import BY_CODE, LAWFUL
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel, present
from yipanqi.core.models import Matter, Term
from yipanqi.organisations.timeline import DocumentView, documents, history_of

pytestmark = [pytest.mark.django_db]
MONDAY = dt.datetime.fromisoformat("2026-11-23T10:00+08:00")
LEFT: dict[str, Any] = {"refusal": "本人周三当面拒收，称不同意结果", "witness": "示例社区居委会两名工作人员"}


@pytest.fixture
def answered() -> tuple[City, Filed]:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "answered", MONDAY)
    return city, filed


def serve(given: tuple[City, Filed], *, days: int = 4, **answers: Any) -> Matter:
    city, filed = given
    at = MONDAY + dt.timedelta(days=days)
    return take(filed.case.pk, "serve", city.actor("insider"), at, **{"proof": "凭据", **answers})


def day0(matter: Matter) -> dt.date:
    return Term.objects.get(matter=matter, code="evaluate").day0


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"method": "left"}, {"refusal", "witness"}),
        ({"method": "left", "refusal": "拒收"}, {"witness"}),
        ({"method": "in_person", "refusal": "拒收"}, {"method"}),
        ({"method": "post"}, {"served_on"}),
        ({"method": "entrusted"}, {"served_on"}),
        ({"method": "portal"}, {"agreed"}),
        ({"method": "public"}, {"announced_on"}),
        ({"method": "in_person", "announced_on": "2026-11-24"}, {"announced_on"}),
        ({"method": "public", "announced_on": "2026-11-20"}, {"announced_on"}),
        ({"method": "public", "announced_on": "2026-11-24", "served_on": "2026-11-25"}, {"served_on"}),
        ({"method": "post", "served_on": "2026-11-28"}, {"served_on"}),
        ({"method": "post", "served_on": "2026-11-22"}, {"served_on"}),
        ({"method": "phone"}, {"method"}),
    ],
)
def test_a_service_that_the_law_does_not_know_is_refused_with_what_is_missing(
    answered: tuple[City, Filed], answers: dict[str, Any], missing: set[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        serve(answered, **answers)
    assert set(refusal.value.fields) == missing
    matter = Matter.objects.get(pk=answered[1].case.pk)
    assert matter.state == "answered"
    assert not Term.objects.filter(matter=matter, code="evaluate").exists(), "without receipt nothing starts"


@pytest.mark.parametrize(
    ("answers", "received"),
    [
        ({"method": "in_person"}, dt.date(2026, 11, 27)),
        ({"method": "left", **LEFT}, dt.date(2026, 11, 27)),
        ({"method": "left", **LEFT, "served_on": "2026-11-25"}, dt.date(2026, 11, 25)),
        ({"method": "post", "served_on": "2026-11-26"}, dt.date(2026, 11, 26)),
        ({"method": "entrusted", "served_on": "2026-11-26"}, dt.date(2026, 11, 26)),
        ({"method": "portal", "agreed": "on"}, dt.date(2026, 11, 27)),
    ],
)
def test_what_service_starts_runs_from_actual_receipt(
    answered: tuple[City, Filed], answers: dict[str, Any], received: dt.date
) -> None:
    assert day0(serve(answered, **answers)) == received


def test_a_notice_to_the_public_counts_as_served_when_thirty_days_have_passed(
    answered: tuple[City, Filed],
) -> None:
    notice = {"method": "public", "announced_on": "2026-11-24"}
    with pytest.raises(Refused):
        serve(answered, days=30, **notice)
    assert day0(serve(answered, days=31, **notice)) == dt.date(2026, 12, 24)


def test_every_method_has_its_basis_and_asks_for_what_there_is() -> None:
    asked = {ask.name for ask in shared.SERVICE}
    for method in LAWFUL:
        assert method.basis.zh.startswith("参照"), method
        assert set(method.needs) <= asked, method
    assert list(BY_CODE) == [code for code, _label in shared.SERVICE[0].choices]
    served = [step for step in claim.STEPS if {"method", "proof", "served_on"} <= {a.name for a in step.asks}]
    assert [step.name for step in served] == ["serve", "answer_duty"]


def views(given: tuple[City, Filed], login: str) -> list[DocumentView]:
    city, filed = given
    found = present(Matter.objects.get(pk=filed.case.pk), city.actor(login).viewer, Channel.DESK)
    return list(found.documents)


def test_the_record_of_service_shows_its_proof_to_whoever_keeps_it(answered: tuple[City, Filed]) -> None:
    matter = serve(answered, method="left", **LEFT, served_on="2026-11-25")
    with override("zh-hans"):
        public = documents(history_of(matter), public=True)[-1]
        assert public.title == "送达回证"
        assert dict(public.parts) == {
            "送达方式": "留置送达（拒收）", "送达日期": "2026年11月25日",
        }  # fmt: skip
        for login, sees in (("insider", True), ("clerk", True), ("colleague", False)):
            record = next(one for one in views(answered, login) if one.record)
            assert (LEFT["witness"] in record.text, LEFT["refusal"] in record.text) == (sees, sees), login
    assert public.record
    assert public.by == answered[0].units["lamps"].pk


def test_how_it_was_served_stands_on_the_submitters_timeline(answered: tuple[City, Filed]) -> None:
    matter = serve(answered, method="left", **LEFT, served_on="2026-11-25")
    view = present(matter, submitter(answered[1]).viewer, Channel.PORTAL)
    (event,) = [one for one in view.events if one.step == "serve"]
    assert dict(event.facts) == {"送达方式": "留置送达（拒收）", "送达日期": "2026年11月25日"}
