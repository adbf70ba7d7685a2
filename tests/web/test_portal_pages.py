"""What every page of the portal has: both languages whole, large print, and words that follow the procedure."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, file, make_city, take
from tests.web.conftest import Clock
from tests.web.portal_helpers import Filing, case_url, press_step, step_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed, Words
from yipanqi.cases.procedure import PROCEDURES
from yipanqi.core.models import Limit
from yipanqi.core.procedure import Role

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

STATIC = ["/", "/how/", "/figures/", "/privacy/", "/children/", "/accessibility/", "/file/", "/track/"]
# The name of the other language stands in that language, and says so.
ALLOWED = re.compile(r'<[^>]+lang="zh-Hans"[^>]*>[^<]*<')
CHINESE = re.compile(r"[　-〿㐀-鿿＀-￯]+")


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


def chinese_in(response: Any) -> set[str]:
    """The Chinese of a page, in its text and in its attributes, but for what is allowed."""
    return set(CHINESE.findall(html.unescape(ALLOWED.sub("", text_of(response)))))


def english_case(city: City, at: dt.datetime) -> Filed:
    """A case whose every word that people wrote is English."""
    words = Words(title="A dark lamp", text="It is dark.", name="J. Mou", phone="19900000001")
    filed = file(city, at=at, words=words)
    cleared = {"title": "A dark lamp", "text": "Dark.", "category": "lamps", "area": city.area.pk}
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("clear", "clerk", cleared),
        ("route", "clerk", {"unit": "roads", "co_units": ["lamps"]}),
        ("request_return", "colleague", {"reason": "not ours"}),
        ("agree_return", "clerk", {}),
        ("route", "clerk", {"unit": "lamps", "co_units": []}),
        ("accept", "insider", {}),
        ("open_identity", "clerk", {"purpose": "contact"}),
        ("request_extension", "insider", {"reason": "parts", "days": 3}),
        ("approve_extension", "clerk", {"notice": "Parts are on their way."}),
        ("ask", "insider", {"question": "Which pole?"}),
    ]
    for name, login, answers in steps:
        take(filed.case.pk, name, city.actor(login), at, **answers)
    return filed


def test_english_pages_have_no_chinese_left(city: City) -> None:
    client = visitor("en")
    assert {path: chinese_in(client.get(path)) for path in STATIC} == {path: set() for path in STATIC}


def test_the_english_filing_has_no_chinese_left(city: City) -> None:
    filing = Filing(visitor("en"))
    left: dict[str, set[str]] = {}
    for typed in ({}, {"title": "x", "text": "I am at 19900000001.", "category": "lamps"}):
        left[f"what {typed}"] = chinese_in(filing.press(**typed))
    left["known"] = chinese_in(filing.press(place="", area="370199001"))
    left["none chosen"] = chinese_in(filing.press())
    left["contact"] = chinese_in(filing.press(anonymity="hidden"))
    left["wrong"] = chinese_in(filing.press(phone="x", email="y"))
    left["check"] = chinese_in(filing.press(name="J. Mou", phone="", email=""))
    form = filing.form
    left["filed"] = chinese_in(filing.press("submit"))
    left["already"] = chinese_in(filing.client.post(filing.url, form | {"go": "submit"}))
    assert {page: found for page, found in left.items() if found} == {}


def test_the_english_case_has_no_chinese_left(city: City, clock: Clock) -> None:
    at = clock.now
    filed = english_case(city, at)
    client = tracking(filed, "en")
    left: dict[str, set[str]] = {"asked": chinese_in(client.get(case_url(filed)))}
    left["not replied"] = chinese_in(press_step(client, filed, "reply", text=""))
    press_step(client, filed, "reply", text="The third.")
    left["told"] = chinese_in(client.get(case_url(filed)))
    take(filed.case.pk, "request_hold", city.actor("insider"), at, plan="Spring", review_on="2027-03-01")
    take(filed.case.pk, "approve_hold", city.actor("clerk"), at, notice="In spring.")
    left["on hold"] = chinese_in(client.get(case_url(filed)))
    take(filed.case.pk, "resume", city.actor("insider"), at)
    take(filed.case.pk, "answer", city.actor("insider"), at, text="Mended.", outcome="solved")
    take(filed.case.pk, "serve", city.actor("auditor"), at, method="phone", proof="p")
    left["served"] = chinese_in(client.get(case_url(filed)))
    left["not judged"] = chinese_in(press_step(client, filed, "evaluate"))
    press_step(client, filed, "evaluate", grade="not_satisfied", solved="no", pressed="on", comment="No.")
    left["judged"] = chinese_in(client.get(case_url(filed)))
    press_step(client, filed, "second_handling", understood="on")
    left["again"] = chinese_in(client.get(case_url(filed)))
    left["conflict"] = chinese_in(client.post(step_url(filed, "withdraw"), {"seen": "1", "reason": "No."}))
    press_step(client, filed, "withdraw", reason="No.")
    left["withdrawn"] = chinese_in(client.get(case_url(filed)))
    assert {page: found for page, found in left.items() if found} == {}


def test_english_refusals_of_tracking_have_no_chinese_left(city: City) -> None:
    client = visitor("en")
    for typed in ({}, {"reference": "K7MQ-3Q9X-D", "secret": "1"}):
        assert chinese_in(client.post("/track/", typed)) == set()


@pytest.mark.parametrize("path", STATIC)
def test_large_print_is_offered_and_remembered_on_every_page(city: City, path: str) -> None:
    client = visitor()
    page = text_of(client.get(path))
    assert "大字版" in page
    assert "English" in page
    client.cookies["elder"] = "1"
    assert "data-elder" in text_of(client.get(path))


def test_the_switch_to_large_print_does_what_its_button_says(city: City) -> None:
    """Pressed twice, or on a page that was opened before it was pressed elsewhere, it does not switch back."""
    client = visitor()
    for wanted, large in (("1", True), ("1", True), ("0", False), ("0", False), ("x", False)):
        client.post("/display/", {"elder": wanted, "next": "/"})
        assert ("data-elder" in text_of(client.get("/"))) is large


def test_the_way_of_a_case_is_told_from_its_procedure(city: City) -> None:
    page = html.unescape(text_of(visitor().get("/how/")))
    kinds = dict(re.findall(r'<details class="disclosure" id="(\w+)">(.*?)</details>', page, re.DOTALL))
    assert list(kinds) == [procedure.code for procedure in PROCEDURES]
    for procedure in PROCEDURES:
        told = kinds[procedure.code]
        for state in procedure.states:
            # Nobody's case ends as one that was handled long ago: those begin there.
            assert (state.plain.zh in told) == (state.code != "recorded"), state.code
        for step in procedure.steps:
            if Role.SUBMITTER in step.by and not step.initial:
                assert step.label.zh in told, step.name
        for limit in procedure.limits:
            # What units owe each other, and what nobody has turned on, is no limit of a resident's.
            own = procedure.term[limit.code]
            assert (limit.basis.zh in told) is not (own.beside or own.optional), limit.code


def test_a_limit_that_is_changed_is_told_from_its_day_on(city: City, clock: Clock) -> None:
    Limit.objects.create(
        procedure="order", code="answer", amount=4, unit="working_days", valid_from=dt.date(2026, 11, 25),
        practice=True, basis_zh="新的工作惯例", basis_en="new practice",
    )  # fmt: skip
    assert "转过去以后 5 个工作日内" in text_of(visitor().get("/"))
    clock.forward(days=1)
    assert "转过去以后 4 个工作日内" in text_of(visitor().get("/"))
    assert "新的工作惯例" in text_of(visitor().get("/how/"))


@pytest.mark.parametrize("path", STATIC)
def test_pages_stand_before_anything_is_set_up(clock: Clock, path: str) -> None:
    assert visitor().get(path).status_code == 200


def test_the_hotline_can_be_called_from_the_first_page(city: City) -> None:
    assert 'href="tel:053100000000"' in text_of(visitor().get("/"))


@pytest.mark.parametrize("path", ["/file/", "/track/", "/track/K7MQ-3Q9X-D/"])
def test_pages_of_persons_are_in_no_search_engine_and_no_cache(city: City, path: str) -> None:
    answer = visitor().get(path)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_address_of_the_portal_takes_what_people_type() -> None:
    """Only the reference may stand in an address (S32)."""
    from yipanqi.web.portal.urls import urlpatterns

    taken = {name for pattern in urlpatterns for name in pattern.pattern.converters}
    assert taken == {"reference", "name", "sheet", "number"}
    assert reverse("portal:step", args=["K7MQ-3Q9X-D", "reply"]) == "/track/K7MQ-3Q9X-D/steps/reply"
