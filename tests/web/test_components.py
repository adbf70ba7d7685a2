"""The components: escaped, complete in both languages, tied together for screen readers, legible."""

from __future__ import annotations

import datetime as dt
import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django.utils.translation import trans_real

from yipanqi.web.components import icons, samples, words
from yipanqi.web.components.shapes import (
    Badge,
    Column,
    Due,
    Event,
    Facet,
    FacetGroup,
    Link,
    ListItem,
    Person,
    Row,
    StepCard,
    Tab,
    TableRow,
)

ROOT = Path(__file__).resolve().parents[2]
EVIL = "<script>alert(1)</script> \"'><img src=x onerror=y>"
AT = dt.datetime(2026, 11, 23, 2, 20, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 30)


def render(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context))


class Page(HTMLParser):
    """What the tests ask of a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _tag, attrs in self.elements if attribute in attrs]

    def tags(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """The English catalogue as it stands in the source, whatever was compiled before."""
    folder = ROOT / "yipanqi/web/components/locale/en/LC_MESSAGES"
    with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("wb") as target:
        write_mo(target, read_po(source))
    trans_real._translations.clear()  # type: ignore[attr-defined]


def gallery(language: str, frame: str = "portal", **cookies: str) -> str:
    client = Client()
    client.cookies["django_language"] = language
    for name, value in cookies.items():
        client.cookies[name] = value
    response = client.get("/gallery/", {"frame": frame})
    assert response.status_code == 200
    return response.content.decode()


# --- the gallery -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", ["portal", "desk"])
@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_gallery_stands_in_both_languages_and_frames(language: str, lang: str, frame: str) -> None:
    page = Page(gallery(language, frame))
    assert page.tags("html")[0]["lang"] == lang
    assert "data-elder" not in page.tags("html")[0]
    assert len(page.tags("main")) == 1
    assert len(page.tags("h1")) == 1


@pytest.mark.parametrize("frame", ["portal", "desk"])
def test_english_gallery_has_no_chinese_left(frame: str) -> None:
    html = gallery("en", frame)
    for meant in (
        "简体中文",
        "长",
        "示例数据",
    ):  # the other language's own name; the hostile sample; what every demo bears
        html = html.replace(meant, "")
    html = re.sub(r'<span[^>]+lang="zh-Hans"[^>]*>[^<]*<', "", html)  # filings, which are issued in Chinese
    assert re.findall(r"[^\x00-\x7f]*[\u4e00-\u9fff]+[^\x00-\x7f]*", html) == []


@pytest.mark.parametrize("frame", ["portal", "desk"])
def test_gallery_resolves_every_variable(frame: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="django.template"):
        gallery("zh-hans", frame)
    assert [record.getMessage() for record in caplog.records] == []


@pytest.mark.parametrize("frame", ["portal", "desk"])
def test_gallery_keeps_the_strict_policy(frame: str) -> None:
    page = Page(gallery("zh-hans", frame))
    for tag, attrs in page.elements:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        for name in ("src", "href", "action"):
            assert not attrs.get(name, "").startswith(("http", "//", "data:", "javascript:"))
    assert all(attrs.get("src") for attrs in page.tags("script"))
    assert not page.tags("style")


@pytest.mark.parametrize("frame", ["portal", "desk"])
def test_ids_are_unique_and_references_lead_somewhere(frame: str) -> None:
    page = Page(gallery("zh-hans", frame))
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    pointed = page.having("for") + " ".join(page.having("aria-describedby")).split()
    pointed += [attrs["href"][1:] for attrs in page.tags("a") if attrs["href"].startswith("#wrong-")]
    pointed += [href[1:] for href in page.having("href") if href.startswith("#id_")]
    assert set(pointed) <= set(ids)
    assert any(name.startswith("id_wrong") for name in pointed)


def test_elder_mode_marks_the_root_and_offers_the_way_back() -> None:
    page = Page(gallery("zh-hans", elder="1"))
    assert "data-elder" in page.tags("html")[0]
    assert "标准字号" in page.text
    assert "大字版" not in page.text


def test_sample_data_is_said_on_a_demonstration_only(settings: Any) -> None:
    for language in ("zh-hans", "en"):  # a picture of the city bears the words in every language
        with translation.override(language):
            assert "示例数据" in render("{% demo_band %}", demo_city=True)
    assert render("{% demo_band %}", demo_city=False).strip() == ""
    # An error page may have no context at all; then the setting speaks.
    assert ("Sample data" in render_to_string("errors/500.html")) == settings.DEMO_CITY
    settings.DEMO_CITY = not settings.DEMO_CITY
    assert ("Sample data" in render_to_string("errors/500.html")) == settings.DEMO_CITY


@pytest.mark.parametrize("frame", ["portal", "desk"])
@pytest.mark.parametrize("surface", ["portal", "desk", "both"])
def test_a_frame_stands_on_a_surface_that_lacks_the_other(settings: Any, surface: str, frame: str) -> None:
    settings.ROOT_URLCONF = f"config.urls_{surface}"
    assert Page(gallery("zh-hans", frame)).tags("main")


# --- escaping --------------------------------------------------------------------------------------------------------

EVIL_DUE = Due(EVIL, DAY, DAY, 3, basis=EVIL, lines=(EVIL,))
EVIL_FORM = samples.SampleForm({"text": EVIL, "place": EVIL, "area": EVIL, "since": EVIL})

HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("{% button x kind=x name=x value=x %}", {}),
    ("{% link_button x x kind=x %}", {}),
    ("{% quick_leave x %}", {}),
    ("{% notice 'info' title=x %}{{ x }}{% endnotice %}", {}),
    ("{% disclosure x %}{{ x }}{% enddisclosure %}", {}),
    ("{% empty_state x x url=x action=x %}", {}),
    ("{% reference x %}{% reference x small=True %}", {}),
    ("{% secret_panel x x %}", {}),
    ("{% light 'red' x %}", {}),
    ("{% badge x x %}", {}),
    ("{% due y %}{% due y compact=True %}", {"y": EVIL_DUE}),
    (
        "{% timeline y %}",
        {
            "y": [
                Event(AT, EVIL, EVIL, EVIL, [EVIL_DUE]),
                Event(AT, EVIL, EVIL, facts=((EVIL, EVIL),)),
                Event(AT, EVIL, EVIL, EVIL, veiled=True),
            ]
        },
    ),
    (
        "{% steps_panel y title=x %}",
        {
            "y": [
                StepCard(EVIL, EVIL, EVIL, EVIL, (EVIL,), (EVIL,), EVIL_FORM, {EVIL: EVIL}),
                StepCard(EVIL, EVIL, EVIL, why_not=EVIL),
            ]
        },
    ),
    ("{% person y %}", {"y": Person(EVIL, EVIL, EVIL, open_url=EVIL)}),
    ("{% summary_list y %}{% facts y %}", {"y": [Row(EVIL, EVIL, EVIL), Row(EVIL, EVIL, change_go=EVIL)]}),
    ("{% side_list y label=x %}", {"y": [ListItem(EVIL, EVIL, EVIL, EVIL_DUE, Badge(EVIL))]}),
    ("{% facets y %}", {"y": [FacetGroup(EVIL, [Facet(EVIL, EVIL, 1)])]}),
    ("{% tabs y label=x %}", {"y": [Tab(EVIL, EVIL, True, 1)]}),
    ("{% pager x x %}", {}),
    ("{% figure x 1 x note=x %}{% figure x 1 x bounded=True colour='red' %}", {}),
    ("{% progress_bar 1 2 x %}", {}),
    ("{% error_summary y %}{% fields y %}{% field y.text label=x hint=x heading=True %}", {"y": EVIL_FORM}),
    ("{% field y.anonymity hints=z %}", {"y": EVIL_FORM, "z": {"named": EVIL}}),
    ("{% site_unit %}{% site_footer %}", {"site_unit": EVIL}),
    ("{% desk_bar %}", {"desk_unit": EVIL, "desk_post": EVIL, "desk_nav": [{"label": EVIL, "url": EVIL}]}),
]


@pytest.mark.parametrize(("source", "context"), HOSTILE, ids=[source[:24] for source, _ in HOSTILE])
def test_hostile_text_is_escaped(source: str, context: dict[str, Any]) -> None:
    html = render(source, x=EVIL, **context)
    page = Page(html)
    assert not page.tags("script")
    assert not page.tags("img")
    assert not [name for _tag, attrs in page.elements for name in attrs if name.startswith("on")]
    assert "alert(1)" in html


@pytest.mark.parametrize("kind", ["text", "link", "number", "badge", "reference", "person", "light", "due"])
def test_hostile_cells_are_escaped(kind: Any) -> None:
    value: Any = {"person": Person(EVIL), "light": {"colour": "red", "word": EVIL}}.get(kind, EVIL)
    if kind == "due":
        value = EVIL_DUE
    columns = [Column("a", EVIL, kind), Column("b", EVIL, main=True)]
    html = render(
        "{% queue_table c r caption=x %}", c=columns, r=[TableRow({"a": value, "b": EVIL}, EVIL)], x=EVIL
    )
    page = Page(html)
    assert not page.tags("script")
    assert not page.tags("img")


# --- forms -----------------------------------------------------------------------------------------------------------


def test_error_summary_leads_to_the_controls() -> None:
    form = samples.SampleForm({"place": "x"})
    page = Page(render("{% error_summary f %}{% fields f %}", f=form))
    links = [attrs["href"] for attrs in page.tags("a")]
    # A group is reached by its first choice; a hidden field cannot be reached and gets no link.
    assert links == ["#id_text", "#id_area", "#id_anonymity_0", "#id_agree"]
    assert {link[1:] for link in links} <= set(page.having("id"))
    assert "这个字段是必填项" in page.text


def test_error_summary_is_silent_where_nothing_is_wrong() -> None:
    assert render("{% error_summary f g %}", f=samples.SampleForm(), g=None).strip() == ""


def test_field_ties_hint_count_and_error_to_the_control() -> None:
    form = samples.SampleForm({})
    area = Page(render("{% field f.text %}", f=form)).tags("textarea")[0]
    assert area["aria-describedby"] == "id_text_hint id_text_count id_text_error"
    assert area["aria-invalid"] == "true"


def test_typed_text_is_never_cut_off_by_the_browser() -> None:
    area = Page(render("{% field f.text %}", f=samples.SampleForm())).tags("textarea")[0]
    assert "maxlength" not in area
    assert area["data-limit"] == "2000"


def test_date_is_written_for_the_browser_in_both_languages() -> None:
    class Since(forms.Form):
        since = forms.DateField(initial=DAY)

    for language in ("zh-hans", "en"):
        with translation.override(language):
            control = Page(render("{% field f.since %}", f=Since())).tags("input")[0]
        assert (control["type"], control["value"]) == ("date", "2026-11-30")


def test_filled_choices_stay_filled() -> None:
    form = samples.SampleForm({"anonymity": "hidden", "units": ["2"], "agree": "on"})
    page = Page(render("{% fields f %}", f=form))
    checked = [attrs["value"] for attrs in page.tags("input") if "checked" in attrs and "value" in attrs]
    assert checked == ["hidden", "2"]


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "colour", "text"),
    [
        (Due("x", DAY, working_days_left=5), "green", "还剩 5 个工作日"),
        (Due("x", DAY, working_days_left=3), "green", "还剩 3 个工作日"),
        (Due("x", DAY, working_days_left=2), "yellow", "还剩 2 个工作日"),
        (Due("x", DAY, late_by=3), "red", "已超期 3 天"),
        (Due("x", DAY, working_days_left=3, paused=True), "grey", "暂停计时"),
        (Due("x", DAY, met=True), "green", "已按期完成"),
        (Due("x", DAY, met=False), "red", "未按期完成"),
        (Due("x", DAY, met=False, late_by=2), "red", "已完成，超期 2 天"),
        (Due("x", DAY, met=True, dropped=True), "grey", "这项期限不再适用"),
        (Due("x", None), "grey", "期限尚未起算"),
    ],
)
def test_limit_reads_at_a_glance(due: Due, colour: str, text: str) -> None:
    reading = words.read_due(due)
    assert (reading.colour, reading.words) == (colour, text)
    assert text in render("{% due d %}", d=due)


def test_last_working_day_is_today_only_on_the_day() -> None:
    today = timezone.localdate()
    assert words.read_due(Due("x", today)).words == "今天到期"
    assert words.read_due(Due("x", today + dt.timedelta(days=1))).words == "剩余不足 1 个工作日"


def test_counts_agree_in_number_in_english() -> None:
    with translation.override("en"):
        assert words.read_due(Due("x", DAY, working_days_left=1)).words == "1 working day left"
        assert words.read_due(Due("x", DAY, late_by=2)).words == "2 days late"


def test_derivation_is_told_once() -> None:
    html = render("{% due d %}", d=Due("x", DAY, basis="第二十四条", lines=("数 5 天", "依据：第二十四条")))
    assert html.count("第二十四条") == 1
    assert "第二十四条" in render("{% due d %}", d=Due("x", DAY, basis="第二十四条"))


def test_a_veiled_event_shows_neither_text_nor_facts() -> None:
    html = render("{% timeline e %}", e=[Event(AT, "已评价", facts=(("满意度", "不满意"),), veiled=True)])
    assert "不满意" not in html
    assert "这一步的内容现在不显示" in html


# --- lists, figures, steps -------------------------------------------------------------------------------------------


def test_lights_differ_in_shape() -> None:
    signs = {str(icons.lamp(colour)) for colour in ("green", "yellow", "red", "grey", "blue")}
    assert len(signs) == 5
    assert all("fill=" not in sign for sign in signs)


def test_bounded_figure_says_at_least() -> None:
    assert "至少" in Page(render("{% figure '在办' 1000 '#' bounded=True %}")).text
    assert "至少" not in Page(render("{% figure '在办' 999 '#' %}")).text


def test_an_arrow_points_onwards_from_behind_the_text() -> None:
    assert render("{% button '继续' icon='arrow' %}").endswith("</span>" + icons.icon("arrow") + "</button>")
    assert render("{% link_button '/' '退出' icon='exit' %}").endswith("<span>退出</span></a>")


def test_reference_is_grouped_once() -> None:
    assert "ABCD-EFGH-J" in render("{% reference 'ABCDEFGHJ' %}")
    assert "K7MQ-3Q9X-D" in render("{% reference 'K7MQ-3Q9X-D' %}")


def test_table_tells_where_it_is_empty_and_hides_blank_cells_on_cards() -> None:
    columns = [{"key": "a", "label": "事项", "main": True}, {"key": "b", "label": "单位"}]
    table = render("{% queue_table c r %}", c=columns, r=[{"cells": {"a": "路灯"}, "url": "/x"}])
    assert "cell-blank" in table
    assert 'href="/x"' in table
    assert "去掉筛选" in render("{% queue_table c r empty='去掉筛选' %}", c=columns, r=[])


def test_a_number_may_lead_to_what_it_counts_and_a_note_stands_below_the_row_s_name() -> None:
    columns = [Column("a", "单位", main=True), Column("b", "已超期", "number")]
    row = TableRow({"a": "路灯处", "b": Link("3", "/three")}, note="<b>")
    table = render("{% queue_table c r %}", c=columns, r=[row])
    assert (
        '<td role="cell" data-label="已超期" class="cell-number"><span class="number"><a href="/three">3</a></span></td>'
        in table
    )
    assert '路灯处<p class="queue-note">&lt;b&gt;</p></th>' in table


def test_pager_has_only_the_ways_there_are() -> None:
    assert render("{% pager '' '' %}").strip() == ""
    assert Page(render("{% pager '' '/n' %}")).having("rel") == ["next"]


def test_step_forms_are_posted_with_a_token_and_refused_ones_stand_open() -> None:
    form = samples.SampleForm({})
    cards = [
        StepCard("answer", "答复", "/a", form=form, hidden={"head": "1f"}),
        StepCard("ask", "询问", "/b"),
        StepCard("hold", "挂账", "/c", why_not="已有申请"),
    ]
    page = Page(render("{% steps_panel s %}", s=cards, csrf_token="token"))
    assert [attrs["action"] for attrs in page.tags("form")] == ["/a", "/b"]
    assert page.having("value").count("token") == 2
    assert [attrs["id"] for attrs in page.tags("details") if "open" in attrs] == ["step-answer"]
    assert "已有申请" in page.text


def test_switches_post_with_a_token_and_return_here() -> None:
    request = RequestFactory().get("/track/?a=1")
    html = render("{% language_switch %}{% display_switch %}", request=request, csrf_token="token")
    page = Page(html)
    assert {attrs["method"] for attrs in page.tags("form")} == {"post"}
    assert page.having("value").count("/track/?a=1") == 2
    assert page.having("value").count("token") == 2
