"""The founding conference, as a newspaper reported it, entered through the desk's form: one verb with its object is one
requirement. `tests/data/conference-report.txt` stands as it was found: traditional characters in a simplified text, and
glosses in brackets after what is read in more than one way. Below it is written as the newspaper printed it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.factories import City, make_city
from tests.web.desk_helpers import EN, ZH, signed_in, text_of
from yipanqi.meetings.models import Conference, Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REPORT = Path(__file__).resolve().parent.parent / "data" / "conference-report.txt"
TITLE, DATE, SOURCE = "市委社会工作会议", "2月14日", "市委社会工作会议报道"
GLOSS = re.compile(r"\([^()一-鿿]*[a-zà-ǿ][^()一-鿿]*\)")
FOUND = (
    "會議開書記劉強講話調學習貫徹總關論黨決鉚勁銳進創為設優時義現貢獻長韓協楊傳達來圍繞樣們級與屆結視東從戰"
    "認識實際動堅擁護兩個確維擺體機斷興領層礎續務緊鍵環節點準發綜經濟組織質業權減負賦眾訪辦對導責當門統籌單樹"
    "盤觀隊場監蔭區桿橋資頻陳陽偉孫縣參著"
)
PRINTED = (
    "会议开书记刘强讲话调学习贯彻总关论党决铆劲锐进创为设优时义现贡献长韩协杨传达来围绕样们级与届结视东从战"
    "认识实际动坚拥护两个确维摆体机断兴领层础续务紧键环节点准发综经济组织质业权减负赋众访办对导责当门统筹单树"
    "盘观队场监荫区杆桥资频陈阳伟孙县参着"
)


class Requirement(NamedTuple):
    """What is entered, the words of the report that say it, and whether it is to be conveyed alone."""

    text: str
    said: str
    principle: bool = False


STUDY = "深入学习贯彻习近平总书记关于社会工作的重要论述"
HEADS = "各级党委(党组)要扛起政治责任,主要负责同志要当好“第一责任人”"
UNITS = "各部门各单位要牢固树立“一盘棋”观念,主动作为、密切配合"
TOGETHER = "以实际行动坚定拥护“两个确立”、坚决做到“两个维护”"
GRASSROOTS = "要抓实党建引领基层治理和基层政权建设,着力建强组织,抓好多元共治,深化减负赋能"
PEOPLE = "要抓实凝聚服务群众工作,改进加强信访工作,做好人民建议征集办理,提升志愿服务工作质量"
# Themes as the report groups them.
REQUIREMENTS: dict[str, list[Requirement]] = {
    "学习贯彻重要论述": [
        Requirement(STUDY + "和重要指示精神", STUDY + "和重要指示精神", principle=True),
        Requirement("从战略和全局高度认识把握社会工作", "从战略和全局高度认识把握社会工作", principle=True),
        Requirement(TOGETHER, TOGETHER, principle=True),
    ],
    "全面提升社会治理现代化水平": [
        Requirement("深刻认识新时代加强社会工作的重要性紧迫性", "要深刻认识新时代加强社会工作的重要性紧迫性", principle=True),
        Requirement("把社会工作摆在强省会建设大局的突出位置", "把社会工作摆在强省会建设大局的突出位置来抓", principle=True),
        Requirement("聚焦关键环节和重点领域精准发力、综合施策", "聚焦关键环节和重点领域精准发力、综合施策", principle=True),
    ],
    "抓实新兴领域党的建设": [
        Requirement("提高新经济组织党建工作质效", "要抓实新兴领域党的建设,提高新经济组织党建工作质效"),
        Requirement("深入推进新社会组织党建工作", "深入推进新社会组织党建工作"),
        Requirement("加强新就业群体党建工作和服务管理", "加强新就业群体党建工作和服务管理"),
    ],
    "抓实党建引领基层治理和基层政权建设": [
        Requirement("着力建强组织", GRASSROOTS),
        Requirement("抓好多元共治", GRASSROOTS),
        Requirement("深化减负赋能", GRASSROOTS),
    ],
    "抓实凝聚服务群众工作": [
        Requirement("改进加强信访工作", PEOPLE),
        Requirement("做好人民建议征集办理", PEOPLE),
        Requirement("提升志愿服务工作质量", PEOPLE),
    ],
    "坚持和加强党对社会工作的全面领导": [
        Requirement("各级党委（党组）扛起政治责任", HEADS, principle=True),
        Requirement("主要负责同志当好“第一责任人”", HEADS, principle=True),
        Requirement("各级社会工作部门加强工作统筹", "各级社会工作部门要加强工作统筹"),
        Requirement("各部门各单位牢固树立“一盘棋”观念", UNITS, principle=True),
        Requirement("各部门各单位主动作为、密切配合", UNITS, principle=True),
    ],
    "健全完善工作机制": [
        Requirement("健全完善工作机制", "要健全完善工作机制,建强社会工作者队伍"),
        Requirement("建强社会工作者队伍", "要健全完善工作机制,建强社会工作者队伍"),
        Requirement("加强社会工作部门自身建设", "加强社会工作部门自身建设"),
        Requirement("推动新时代社会工作高质量发展", "推动新时代社会工作高质量发展", principle=True),
    ],
}  # fmt: skip
ALL = [(theme, one) for theme, them in REQUIREMENTS.items() for one in them]


def pasted() -> str:
    """The requirements as they are typed into the form: themes end with a colon, principles begin with an asterisk."""
    return "\n".join(
        f"{theme}：\n" + "\n".join(f"{'* ' if one.principle else ''}{one.text}" for one in them)
        for theme, them in REQUIREMENTS.items()
    )


@pytest.fixture
def city() -> City:
    city = make_city()
    form = {"title": TITLE, "kind": "conference", "held_on": "", "held_text": DATE, "source": SOURCE}
    answer = signed_in(city, "deputy").post(reverse("desk:new_conference"), form | {"lines": pasted()})
    conference = Conference.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{reverse('desk:board')}?conference={conference.pk}",
    )
    return city


def board_of(city: City, language: str = ZH) -> str:
    """The first page of the desk, as the deputy sees it."""
    return text_of(signed_in(city, "deputy", language).get(reverse("desk:board") + "?view=meeting"))


def rows_of(page: str) -> list[str]:
    """The lines of the board in their order, one row each."""
    body = page.split('id="lines"')[1].split("<tbody")[1].split("</tbody>", maxsplit=1)[0]
    return body.split("<tr ")[1:]


def test_every_requirement_stands_in_the_report() -> None:
    report = GLOSS.sub("", REPORT.read_text(encoding="utf-8")).translate(str.maketrans(FOUND, PRINTED, "\n"))
    assert report.startswith(f"{DATE},市委社会工作会议召开。")
    assert not re.search(r"20\d\d年", report), "the report names no year, and none is guessed"
    assert [one.said for _theme, one in ALL if one.said not in report] == []


def test_the_form_keeps_order_themes_and_principles_and_guesses_no_year(city: City) -> None:
    conference = Conference.objects.get()
    assert (conference.held_on, conference.held_text) == (None, DATE)
    rows = list(Line.objects.order_by("number").values_list("theme", "text", "principle"))
    assert rows == [(theme, one.text, one.principle) for theme, one in ALL]


def test_the_board_shows_each_line_under_its_theme_and_the_date_without_a_year(city: City) -> None:
    page = board_of(city)
    head = page.split('class="board-when">')[1].split("</p>")[0]
    assert head == f"工作会议 · {DATE}（报道没有写年份） · {SOURCE}"
    rows = rows_of(page)
    assert len(rows) == len(ALL)
    for number, (row, (theme, one)) in enumerate(zip(rows, ALL, strict=True), start=1):
        assert f'<span class="board-stone">{number}</span>' in row
        assert f">{one.text}</a>" in row
        assert f'<span class="board-theme">{theme}</span>' in row


def test_principles_are_conveyed_and_have_no_light_no_figure_and_no_task(city: City) -> None:
    for row, (_theme, one) in zip(rows_of(board_of(city)), ALL, strict=True):
        told = "原则性要求：传达学习，不计进度" in row
        assert told == one.principle
        assert ('class="light ' in row) != one.principle
        assert not re.search(r"\d+%|\d+/\d+", row)
    line = Line.objects.filter(principle=True)[0]
    deputy = signed_in(city, "deputy")
    due = {"title": "传达学习", "goal": "开一次会", "due_on": "2026-12-18", "unit": "lamps"}
    assert deputy.post(reverse("desk:new_task", args=[line.pk]), due).status_code == 422
    bound = {"category": "lamps", "area": ""}
    assert deputy.post(reverse("desk:bind_line", args=[line.pk]), bound).status_code == 422
    assert reverse("desk:new_task", args=[line.pk]) not in text_of(
        deputy.get(reverse("desk:line", args=[line.pk]))
    )


def test_the_board_says_so_in_english(city: City) -> None:
    page = board_of(city, EN)
    assert f"{DATE} (the report names no year)" in page
    principles = sum(one.principle for _theme, one in ALL)
    assert page.count("A principle") == principles


@pytest.mark.parametrize(
    ("language", "whole", "other"), [(ZH, "（全部）", "（其他）"), (EN, " (all)", " (other)")]
)
def test_binding_a_branch_says_that_it_takes_all_below(
    city: City, language: str, whole: str, other: str
) -> None:
    line = Line.objects.get(text="改进加强信访工作")
    deputy = signed_in(city, "deputy", language)
    page = text_of(deputy.get(reverse("desk:bind_line", args=[line.pk])))
    with override(language):
        names = [str(row) for row in (city.category.parent, city.area.parent)]
    assert all(f">{name}{whole}</option>" in page for name in names)
    assert other not in page
    assert "不确定" not in page
