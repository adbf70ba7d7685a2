"""The one step form: every kind of ask, raw text kept, and errors beside the fields."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.http import QueryDict
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import asserts

from tests.factories import City, bring_to, file, make_city, take
from tests.web.desk_helpers import NOW
from yipanqi.cases.models import Case
from yipanqi.core import asks
from yipanqi.core.errors import Refused
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Role, Step
from yipanqi.organisations.actions import UnitRow, add_units
from yipanqi.web.steps import (
    Choice,
    Offered,
    Picker,
    StepForm,
    area_choices,
    category_choices,
    step_form,
    unit_names,
)

pytestmark = pytest.mark.django_db

CHOICES = (("a", Label("甲", "First")), ("b", Label("乙", "Second")))
EVERY = Step(
    "every", Label("每一种", "Every kind"), Label("试", "Try"), frozenset({"registered"}), None, (Role.SENDER,), needs="x",
    asks=(
        Ask("line", Label("一行", "A line"), Kind.LINE, longest=5),
        Ask("text", Label("文字", "Text"), Kind.TEXT, hint=Label("多写些", "Write more"), longest=7),
        Ask("choice", Label("选择", "A choice"), Kind.CHOICE, choices=CHOICES),
        Ask("day", Label("日期", "A day"), Kind.DATE),
        Ask("number", Label("数", "A number"), Kind.NUMBER, least=1, most=20),
        Ask("tick", Label("勾", "A tick"), Kind.TICK, required=False),
        Ask("unit", Label("单位", "A unit"), Kind.UNIT),
        Ask("units", Label("几个单位", "Units"), Kind.UNITS, required=False),
        Ask("category", Label("类别", "A category"), Kind.CATEGORY),
        Ask("area", Label("地点", "A place"), Kind.AREA),
        Ask("milestone", Label("节点", "A milestone"), Kind.MILESTONE, required=False),
    ),
)  # fmt: skip


def subject_in(city: City, state: str = "") -> Any:
    """A case as the form needs it, with milestones, which a case has not."""
    filed = file(city, at=NOW)
    if state:
        bring_to(city, filed, state, NOW)
    case = Case.objects.select_related("matter", "category", "area").get(pk=filed.case.pk)
    case.milestone_choices = [(1, "第一步"), (2, "第二步")]  # type: ignore[attr-defined]
    return case


def posted(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def shown(form: StepForm) -> str:
    template = Template("{% load components %}{% error_summary form %}{% fields form %}")
    return template.render(Context({"form": form}))


def test_every_kind_of_ask_has_a_field_and_carries_raw_text() -> None:
    subject = subject_in(make_city())
    raw = {
        "line": "太长的一行字", "text": "  有空格 ", "choice": "zzz", "day": "不是日期", "number": "十", "tick": "on",
        "unit": "没有的单位", "units": ["roads", " ", "market"], "category": "nowhere", "area": "9", "milestone": "7",
    }  # fmt: skip
    form = step_form(EVERY, subject=subject, data=posted(seen="1", **raw))
    assert form.answers() == raw | {"tick": True, "units": ["roads", "market"]}
    assert not form.errors, "the form validates nothing: the engine does"
    with pytest.raises(Refused) as refusal:
        asks.clean(EVERY, form.answers())
    form.refuse(refusal.value)
    assert set(form.errors) >= {"line", "choice", "day", "number", "unit", "category", "area"}
    page = shown(form)
    for kept in ("太长的一行字", "没有的单位", "不是日期", "十", 'value="roads"', 'value="market"'):
        assert kept in page
    assert "一行：最多 5 字，现有 6 字。" in page


def test_the_answers_of_a_good_form_are_those_the_engine_reads() -> None:
    city = make_city()
    good = {
        "line": "一行", "text": "文字", "choice": "a", "day": "2026-12-01", "number": "3", "unit": "roads",
        "category": "lamps", "area": city.area.pk,
    }  # fmt: skip
    form = step_form(EVERY, subject=subject_in(city), data=posted(seen="1", **good))
    read = asks.clean(EVERY, form.answers() | {"milestone": None})
    assert (read["unit"], read["units"]) == (city.units["roads"], [])
    assert (read["day"], read["number"], read["tick"]) == (dt.date(2026, 12, 1), 3, False)
    assert (read["category"], read["area"]) == (city.category, city.area)


def test_labels_are_of_the_language_in_which_the_page_is_made() -> None:
    form = step_form(EVERY, subject=subject_in(make_city()))
    with translation.override("en"):
        english = shown(form)
    with translation.override("zh-hans"):
        chinese = shown(form)
    assert "A line" in english
    assert "Write more" in english
    assert "一行" in chinese
    assert "多写些" in chinese


def test_only_what_need_not_be_filled_in_is_marked_optional() -> None:
    form = step_form(EVERY, subject=subject_in(make_city()))
    assert [n for n, f in form.fields.items() if not f.required] == ["tick", "units", "milestone", "seen"]


def test_the_duty_list_suggests_the_unit_and_gives_its_basis() -> None:
    city = make_city()
    form = step_form(EVERY, subject=subject_in(city, "registered"))
    page = shown(form)
    lamps = city.units["lamps"]
    assert f'value="{lamps.pk}" checked' in page
    assert "示例路灯处（依据：示例三定方案 3）" in page
    assert list(form.fields)[6:8] == ["unit", "unit_other"]
    chosen = step_form(EVERY, subject=form.subject, data=posted(unit=str(lamps.pk), unit_other=""))
    assert chosen.answers()["unit"] == str(lamps.pk)
    other = step_form(EVERY, subject=form.subject, data=posted(unit="other", unit_other=" 示例道路处 "))
    assert other.answers()["unit"] == "示例道路处"


def test_a_suggested_unit_and_another_one_are_not_guessed_between() -> None:
    city = make_city()
    data = posted(unit=str(city.units["lamps"].pk), unit_other="roads")
    form = step_form(EVERY, subject=subject_in(city, "registered"), data=data)
    with pytest.raises(Refused) as refusal:
        form.answers()
    form.refuse(refusal.value)
    assert "unit" in form.errors
    assert 'value="roads"' in shown(form)


def test_a_wrong_other_unit_is_told_beside_the_line_where_it_was_typed() -> None:
    data = posted(unit="other", unit_other="nobody")
    form = step_form(EVERY, subject=subject_in(make_city(), "registered"), data=data)
    form.refuse(Refused("x", fields={"unit": "没有这个单位。"}))
    assert list(form.errors) == ["unit_other"]


def test_a_unit_that_gave_the_case_back_is_suggested_with_that_word() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    bring_to(city, filed, "forwarded", NOW)
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason="不归我们")
    take(filed.case.pk, "agree_return", city.actor("clerk"), NOW)
    case = Case.objects.select_related("matter", "category", "area").get(pk=filed.case.pk)
    case.milestone_choices = []  # type: ignore[attr-defined]
    assert "示例路灯处（已退回过；依据：示例三定方案 3）" in shown(step_form(EVERY, subject=case))


def test_units_are_listed_once_a_form_and_several_can_be_named() -> None:
    form = step_form(EVERY, subject=subject_in(make_city()), data=posted(units=["roads", "schools"]))
    page = shown(form)
    assert page.count("<datalist") == 1
    assert (
        page.count('list="every_units_to_choose"') == 5
    )  # one for the lead; two named co-units and two more lines
    assert '<option value="示例道路处">roads</option>' in page
    names = [f'id="every_units{n}"' for n in ("", "_1", "_2", "_3")]
    assert all(page.count(name) >= 1 for name in names)


def test_communities_are_not_among_the_units_to_type() -> None:
    make_city()
    row = UnitRow(
        "c1", "示例社区居委会", "C1", "community", "3701", "city", "city", None, dt.date(2026, 1, 1)
    )
    add_units(rows=[row], by=None, at=NOW)
    assert "c1" not in [code for _name, code in unit_names()]
    assert "lamps" in [code for _name, code in unit_names()]


def test_places_and_categories_are_grouped_as_people_look_for_them() -> None:
    city = make_city()
    assert category_choices()[1] == ("城市管理", [("lamps", "路灯"), ("city", "城市管理（其他）")])
    groups = dict(area_choices())
    assert [pk for pk, _name in groups["示例区"]] == ["370199", "370199001"]
    nowhere = SimpleNamespace(pk="x", __str__=lambda self: "示例社区")
    assert area_choices(nowhere)[1][0] == "x"  # type: ignore[arg-type]
    assert city.area.pk not in [row[0] for row in area_choices(city.area)[:2]]


def test_ids_begin_with_the_step_so_that_forms_share_a_page() -> None:
    subject = subject_in(make_city())
    other = Step(
        "other", Label("另", "Other"), Label("另", "Other"), frozenset({"registered"}), None, (Role.SENDER,), needs="x",
        asks=(Ask("text", Label("文字", "Text")),),
    )  # fmt: skip
    page = shown(step_form(EVERY, subject=subject)) + shown(step_form(other, subject=subject))
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("given", "seen"), [("3", 3), ("", -1), ("-1", -1), ("٣", -1), ("9" * 30, -1), ("1 or 1", -1)]
)
def test_how_much_was_seen_is_a_number_or_in_conflict(given: str, seen: int) -> None:
    form = step_form(EVERY, subject=subject_in(make_city()), data=posted(seen=given))
    assert form.seen == seen


def test_a_form_says_how_many_moves_were_seen() -> None:
    form = step_form(EVERY, subject=subject_in(make_city()))
    assert 'name="seen" value="1"' in shown(form)


def test_names_of_units_and_typed_text_are_escaped() -> None:
    make_city()
    hostile = '"><script>alert(1)</script>'
    row = UnitRow("h1", hostile, hostile, "department", "3701", "city", "city", None, dt.date(2026, 1, 1))
    add_units(rows=[row], by=None, at=NOW)
    form = step_form(
        EVERY, subject=subject_in_existing(), data=posted(line=hostile, text=hostile, units=[hostile])
    )
    form.refuse(Refused("x", fields={"line": hostile}))
    assert "<script>" not in shown(form)


def subject_in_existing() -> Any:
    city = SimpleNamespace()
    return subject_in(city)  # type: ignore[arg-type]


def test_a_select_is_written_as_the_framework_would_write_it() -> None:
    choices = [("", "请选择"), ("<a>", "甲 & 乙"), ('组 "一"', [("b", "丙"), (3, "丁")])]
    assert isinstance(Choice(choices=choices).widget, Picker)
    values: list[Any] = ["", "<a>", "b", "3", None, "nowhere"]
    for value in values:
        own = Picker(choices=choices).render("f", value, {"id": "x", "class": "input"})
        theirs = forms.Select(choices=choices).render("f", value, {"id": "x", "class": "input"})
        asserts.assertHTMLEqual(own, theirs)


def test_forms_on_one_page_share_one_list_of_units_and_ask_once() -> None:
    subject = subject_in(make_city(), "handling")
    offered = Offered(subject)
    with CaptureQueriesContext(connection) as asked:
        first = shown(step_form(EVERY, subject=subject, seen=1, offered=offered))
        before = len(asked)
        second = shown(step_form(EVERY, subject=subject, seen=1, offered=offered))
        assert len(asked) == before
    assert "<datalist" in first
    assert "<datalist" not in second
    assert 'list="every_units_to_choose"' in second
