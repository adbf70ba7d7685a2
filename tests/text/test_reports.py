"""Reports of conferences, read and compared with what a person reads in them, field by field.

The founding report stands as it was found. The others are written for these tests: the cities are none, and everybody in
them is invented, with 示 (示例, an example) in their names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.text.clean import clean
from yipanqi.text.reports import Kind, Person, Report, read_report

DATA = Path(__file__).resolve().parent.parent / "data"
FOUNDING = "conference-report"
# A newspaper's report of the founding conference, minutes with labels, a meeting on the spot, one by video in points.
REPORTS = (FOUNDING, "reports/minutes", "reports/on-site", "reports/televised")
NO_REPORTS = ("reports/letter", "reports/fair", "reports/weather")
# Read once they were done, to see what had been learnt by heart: what was wrong then is mended, and they stay.
FURTHER = tuple(f"reports/{name}" for name in ("flood", "executive", "speech", "notice", "associations"))
PRECISION = RECALL = 0.95


@cache
def _text(name: str) -> str:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8")


@cache
def _read(name: str) -> Report:
    return read_report(_text(name))


@cache
def _facts(name: str) -> dict[str, Any]:
    path = DATA / f"{name}{'-facts' if name == FOUNDING else ''}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _shape(value: object) -> object:
    if isinstance(value, tuple):
        return [_shape(each) for each in value]
    return asdict(value) if isinstance(value, Person) else value


def _scores(names: tuple[str, ...]) -> tuple[float, float]:
    """Precision and recall of the requirements by their words, over all texts together."""
    right = read = meant = 0
    for name in names:
        told = {each.clause for each in _read(name).requirements}
        want = {each["clause"] for each in _facts(name)["requirements"]} if name not in NO_REPORTS else set()
        right, read, meant = right + len(told & want), read + len(told), meant + len(want)
    return right / read, right / meant


@pytest.mark.parametrize("name", [*REPORTS, *FURTHER])
def test_reads_the_facts_field_by_field(name: str) -> None:
    facts = {key: value for key, value in _facts(name).items() if key != "requirements"}
    report = _read(name)
    assert report.is_report
    assert {key: _shape(getattr(report, key)) for key in facts} == facts


@pytest.mark.parametrize("name", [*REPORTS, *FURTHER])
def test_reads_requirements_with_kind_units_and_date(name: str) -> None:
    told = {each.clause: each for each in _read(name).requirements}
    for want in _facts(name)["requirements"]:
        if (each := told.get(want["clause"])) is not None:
            found = {"clause": each.clause, "kind": each.kind, "units": list(each.units), "due": each.due}
            assert found == want


def test_invents_and_loses_next_to_no_requirement() -> None:
    for names in (REPORTS + NO_REPORTS, FURTHER):
        precision, recall = _scores(names)
        assert precision >= PRECISION
        assert recall >= RECALL


def test_none_of_the_founding_report_is_invented_or_lost() -> None:
    told = [each.clause for each in _read(FOUNDING).requirements]
    assert told == [each["clause"] for each in _facts(FOUNDING)["requirements"]]


def test_the_founding_report_groups_its_requirements() -> None:
    themes = {each.clause: each.theme for each in _read(FOUNDING).requirements}
    assert themes["深化减负赋能"] == themes["抓好多元共治"] == "抓实党建引领基层治理和基层政权建设"
    assert themes["加强工作统筹"] == "坚持和加强党对社会工作的全面领导"
    by_words = {each.clause: (each.action, each.object) for each in _read(FOUNDING).requirements}
    assert by_words["改进加强信访工作"] == ("改进加强", "信访工作")
    assert by_words["把社会工作摆在强省会建设大局的突出位置来抓"] == ("摆在", "社会工作")


@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_is_no_report_has_nothing(name: str) -> None:
    assert _read(name) == Report(text=clean(_text(name)).text, is_report=False)


@pytest.mark.parametrize(
    "text",
    [
        "3月8日，市委书记李示明到示例街道调研。李示明强调，要建强基层组织。市领导王示远参加调研。",
        "区长信箱：街道召开座谈会，主任主持会议并讲话，强调要加强停车管理。我们要求公开方案。盼复。一名居民",
        "3月15日，示例区春季招聘会举行，区委书记李示明出席并讲话。李示明指出，要抓好就业。",
        "关于做好安全生产工作的通知\n各区县：\n一、压实责任。各级各部门要加强值守。\n2026年1月20日",
        "第一条 为了规范会议管理，制定本办法。第二条 各部门要严格控制会议数量。",
        "他走进会场，会议已经开始了。主任说，大家要安静。",
        "",
    ],
)
def test_what_speaks_of_meetings_or_demands_alone_is_no_report(text: str) -> None:
    assert read_report(text) == Report(text=text, is_report=False)


def test_residents_hold_meetings_too() -> None:
    report = read_report(
        "3月5日，示例社区召开居民议事会，社区党委书记王示主持会议。会议决定由物业牵头划定车位，5月底前完成。"
    )
    assert (report.title, report.chair) == ("居民议事会", "王示")
    assert [(each.clause, each.units, each.due) for each in report.requirements] == [
        ("划定车位", ("物业",), "5月底前")
    ]


@pytest.mark.parametrize("name", [*REPORTS, *FURTHER, *NO_REPORTS])
def test_reading_the_mended_text_reads_the_same(name: str) -> None:
    assert read_report(_read(name).text) == _read(name)
    _check(_read(name))


def _check(report: Report) -> None:
    last = 0
    for each in report.requirements:
        assert last <= each.start < each.end <= len(report.text)
        assert report.text[each.start : each.end] == each.clause
        assert each.action
        assert each.action in each.clause.replace("\n", "")
        last = each.end


def _printed(text: str, width: int = 38) -> str:
    """As a page prints it: each paragraph in lines so wide."""
    return "\n".join(
        line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width)
    )


@pytest.mark.parametrize(
    "copied",
    [
        lambda text: text.replace("\n", ""),
        lambda text: "".join(f"<p>&nbsp;&nbsp;{line}</p>" for line in text.split("\n")),
        lambda text: "\r\n\r\n".join("\u3000\u3000" + line for line in text.split("\n")),
        lambda text: text.translate(str.maketrans("，。；", ",.;")),
        lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
        lambda text: (
            f"刘强在市委社会工作会议上强调 开创全市社会工作新局面\n于海田主持\n来源：示例日报 2025-02-15 08:00\n{text}"
        ),
        _printed,
    ],
    ids=["one line", "page", "indented", "half width", "mail", "headline", "print"],
)
def test_how_a_report_was_copied_changes_nothing(copied: Callable[[str], str]) -> None:
    report = read_report(copied(_read(FOUNDING).text))
    _check(report)
    assert _plainly(report) == _plainly(_read(FOUNDING))


def _plainly(report: Report) -> tuple[object, ...]:
    """A report without its places; a clause of a printed page has its line ends."""
    told = [(each.clause.replace("\n", ""), each.kind, each.units) for each in report.requirements]
    return (*(getattr(report, key) for key in _facts(FOUNDING) if key != "requirements"), told)


HELD = "3月5日，全市工作会议召开，市长李示明主持会议并讲话。"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025年3月5日，全市社会工作会议召开。", "2025-03-05"),
        ("3月5日至6日，全市社会工作会议召开。", "03-05"),
        ("3月5日-6日，全市社会工作会议召开。", "03-05"),
        ("二〇二五年三月五日，全市社会工作会议召开。", "2025-03-05"),
        ("本报3月6日讯 3月5日，全市社会工作会议召开。", "03-05"),
        ("本报3月6日讯 5日下午，全市社会工作会议召开。", "03-05"),
        ("本报3月1日讯 28日下午，全市社会工作会议召开。", ""),
        ("5日下午，全市社会工作会议召开。", ""),
        ("近日，全市社会工作会议召开。", ""),
        ("来源：示例日报 发布时间：2025-03-06\n3月5日，全市社会工作会议召开。", "03-05"),
        ("时间：2025年3月5日上午9:00\n全市社会工作会议召开。\n2025年3月9日印发", "2025-03-05"),
        ("全市社会工作会议召开。会议要求，3月15日前完成摸底。", ""),
        ("13月45日，全市社会工作会议召开。", ""),
        ("3月5日，2025年全市社会工作会议召开。", "03-05"),
    ],
)
def test_a_date_is_what_the_text_says(text: str, date: str) -> None:
    assert read_report(text + "市长李示明主持会议并讲话。").date == date


@pytest.mark.parametrize(
    ("said", "clauses"),
    [
        ("要建强组织，抓好多元共治，深化减负赋能。", ["建强组织", "抓好多元共治", "深化减负赋能"]),
        ("要改进加强信访工作。", ["改进加强信访工作"]),
        ("要做好人民建议征集、办理和反馈工作。", ["做好人民建议征集、办理和反馈工作"]),
        ("要健全工作机制、完善配套政策，并建立工作台账。", ["健全工作机制", "完善配套政策", "建立工作台账"]),
        ("要谋准、谋细、谋实重点项目。", ["谋准、谋细、谋实重点项目"]),
        ("要聚焦急难愁盼，解决停车难题。", ["解决停车难题"]),
        ("要按照省委部署，以钉钉子精神抓好落实。", ["以钉钉子精神抓好落实"]),
        ("要将数据报市民政局。", ["将数据报市民政局"]),
        ("不得增加基层负担。", ["不得增加基层负担"]),
        ("近年来，全市坚持大抓基层，推动工作取得新进展。", []),
        ("做好社会工作意义重大，是一项长期任务。", []),
        ("要清醒看到，底数不清的问题依然存在。", []),
        ("主要任务是总结经验，重要的是思路。", []),
    ],
)
def test_one_requirement_is_one_verb_with_its_object(said: str, clauses: list[str]) -> None:
    report = read_report(f"{HELD}会议强调，{said}")
    assert [each.clause for each in report.requirements] == clauses


def test_what_a_superior_said_is_no_requirement_of_the_meeting() -> None:
    report = read_report(f"{HELD}习近平总书记强调，要加强社会工作。会议强调，各级要抓好落实。")
    assert [each.clause for each in report.requirements] == ["抓好落实"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("要深刻领会会议精神。", Kind.PRINCIPLE),
        ("要贯彻落实会议精神。", Kind.PRINCIPLE),
        ("要贯彻落实《志愿服务条例》。", Kind.TASK),
        ("要树牢群众观念。", Kind.PRINCIPLE),
        ("要坚持党建引领。", Kind.PRINCIPLE),
        ("要坚决做到“两个维护”。", Kind.PRINCIPLE),
        ("要做到应保尽保。", Kind.TASK),
        ("要摸清组织底数。", Kind.TASK),
        ("要推动社会工作高质量发展。", Kind.PRINCIPLE),
        ("要推动政策落地。", Kind.TASK),
    ],
)
def test_what_is_believed_is_a_principle_and_what_is_done_a_task(said: str, kind: Kind) -> None:
    [each] = read_report(f"{HELD}会议强调，{said}").requirements
    assert each.kind is kind


@pytest.mark.parametrize(
    ("said", "units", "due"),
    [
        (
            "由市民政局牵头，市财政局、市人社局配合，6月底前出台方案。",
            ("市民政局", "市财政局", "市人社局"),
            "6月底前",
        ),
        ("由市民政局牵头制定方案。", ("市民政局",), ""),
        ("市民政局、市财政局年内要出台方案。", ("市民政局", "市财政局"), "年内"),
        ("请各单位于3月15日前报送名单。", ("各单位",), "3月15日前"),
        (
            "各级党委(党组)要出台方案。（责任单位：市委办；完成时限：2025年6月30日前）",
            ("各级党委(党组)", "市委办"),
            "2025-06-30",
        ),
        ("要出台方案。牵头单位：市民政局；配合单位：市财政局", ("市民政局", "市财政局"), ""),
        ("要出台方案。", (), ""),
    ],
)
def test_units_and_dates_are_those_of_the_text(said: str, units: tuple[str, ...], due: str) -> None:
    [each] = read_report(f"{HELD}会议要求，{said}").requirements
    assert (each.units, each.due) == (units, due)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("会议以视频形式召开。", "视频"),
        ("会议采取线上线下相结合的方式召开。", "线上线下相结合"),
        ("会议以电视电话会议形式召开。", "电视电话"),
        ("", ""),
    ],
)
def test_a_form_is_what_the_text_says(text: str, form: str) -> None:
    assert read_report(HELD + text).form == form


PIECES = st.sampled_from(
    ["要", "加强", "会议", "强调，", "市委书记", "刘示", "主持会议", "召开", "，", "、", "。", "\n", "一、", "（一）", "把", "与", "将", "6月底前"]
    + ["责任单位：", "由", "牵头", "“", "”", "（", "）", "(", ")", "《", "》", "并", "讲话", "参加会议", "交流发言", "围绕", "传达学习", "3月5日"]
    + ["市民政局", "各级", "在", "上下功夫", "会(huì )議", "<p>", "&nbsp;", "是", "的", "和", "：", ":", "10", "%", " ", "主会场", "分会场", "等市领导"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=80).map("".join), st.booleans())
def test_any_text_of_the_genre_is_read_and_every_place_is_right(text: str, held: bool) -> None:
    report = read_report((HELD if held else "") + text)
    assert report.text == clean((HELD if held else "") + text).text
    _check(report)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    _check(read_report(text))
    _check(read_report(HELD + "会议强调，要" + text))


def test_posts_without_names_name_nobody() -> None:
    text = "示例市召开会议。市委书记讲话。会议强调，要抓实工作。市长、市人大常委会主任、市政协主席参加会议。"
    assert read_report(text).attending == ()
