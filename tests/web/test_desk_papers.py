"""Documents to take out: each opens as what it is, each figure leads to a list that has so many, and strangers get 404."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.factories import City, make_city, submitter, take
from tests.meetings.world import MONDAY, add_task_head, bring, days, lines, task
from tests.standing import standing
from tests.web.desk_helpers import EN, NOW, ZH, case_in, signed_in, text_of
from yipanqi.cases.models import Case
from yipanqi.core.models import AccessLog, Matter
from yipanqi.insight import closed
from yipanqi.insight.closed import Closed
from yipanqi.meetings.models import Conference

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KINDS = ("docx", "pdf", "xlsx")
SITE = "http://testserver"
Link = tuple[str, str]


def out(city: City, login: str, address: str, language: str = ZH) -> bytes:
    answer = signed_in(city, login, language).get(address)
    assert answer.status_code == 200, address
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    return bytes(answer.content)


def of_docx(data: bytes) -> tuple[str, list[Link]]:
    document = Document(io.BytesIO(data))
    paragraphs = [p for p in document.element.body.iter() if p.tag.endswith("}p")]
    words = "\n".join("".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for p in paragraphs)
    links = []
    for element in (e for e in document.element.body.iter() if e.tag.endswith("}hyperlink")):
        target = next(value for name, value in element.attrib.items() if name.endswith("}id"))
        text = "".join(t.text or "" for t in element.iter() if t.tag.endswith("}t"))
        links.append((text, document.part.rels[target].target_ref))
    return words, links


def of_pdf(data: bytes) -> tuple[str, list[Link]]:
    reader = PdfReader(io.BytesIO(data))
    words = "".join("".join(page.extract_text() for page in reader.pages).split())
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return words, [("", str(note["/A"]["/URI"])) for note in notes if "/A" in note]


def of_xlsx(data: bytes) -> tuple[str, list[Link]]:
    book = load_workbook(io.BytesIO(data))
    cells = [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not any(cell.data_type == "f" for cell in cells)
    links = [
        (str(c.value), f"{c.hyperlink.target}#{c.hyperlink.location or ''}") for c in cells if c.hyperlink
    ]
    return "\n".join(str(cell.value) for cell in cells), links


READ = {"docx": of_docx, "pdf": of_pdf, "xlsx": of_xlsx}


def read(kind: str, data: bytes) -> tuple[str, list[Link]]:
    words, links = READ[kind](data)
    assert all(address.startswith(SITE) for _text, address in links)
    return words, [(text, address.removeprefix(SITE)) for text, address in links]


def rows_in(page: str) -> int:
    return page.count('class="row-link"')


@standing
def make_busy() -> City:
    """A conference with three requirements, one a principle; tasks that are late, under way, closed and drafted."""
    city = add_task_head(make_city())
    first, second, _third = lines(city, "改进路灯维修", "改进城市管理", "*牢固树立全局观念")
    late = task(city, first, at=MONDAY - days(9), title="摸清底数", milestones=[], due_on="2026-11-20")
    bring(city, late, "working", MONDAY - days(9))
    bring(city, task(city, first, at=MONDAY), "working", MONDAY)
    bring(city, task(city, second, at=MONDAY, title="=1+1 清理台账"), "closed", MONDAY)
    task(city, second, at=MONDAY, title="还在起草的任务")
    return city


@pytest.fixture
def city() -> City:
    return make_busy()


def conference_out(what: str, kind: str) -> str:
    return reverse("desk:conference_out", args=[Conference.objects.get().pk, what, kind])


# --- the brief -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("language", "says"),
    [(ZH, ("示例市社会工作会议简报", "2月14日", "原则性要求", "示例路灯处", "超期", "导出")), (EN, ("Brief", "Principle", "Late"))],
)  # fmt: skip
def test_the_brief_is_written_in_each_kind_and_language(
    city: City, kind: str, language: str, says: tuple[str, ...]
) -> None:
    words, links = read(kind, out(city, "deputy", conference_out("brief", kind), language))
    for word in says:
        assert "".join(word.split()) in words, (word, words)
    assert len(links) > 5
    assert "示例deputy" not in words


def figures_of(kind: str, data: bytes) -> Iterator[Link]:
    """The figures: what is a number and leads somewhere."""
    found = [(text, address) for text, address in read(kind, data)[1] if text.rstrip("+").isdigit()]
    assert found
    yield from found


@pytest.mark.parametrize("login", ["deputy", "insider"])
@pytest.mark.parametrize("what", ["brief", "ledger"])
def test_each_figure_of_a_conference_is_the_length_of_its_list(city: City, what: str, login: str) -> None:
    client = signed_in(city, login)
    for text, address in figures_of("docx", out(city, login, conference_out(what, "docx"))):
        page = client.get(address)
        assert page.status_code == 200, address
        shown = text_of(page).count('class="board-stone"') if "#lines" in address else rows_in(text_of(page))
        assert shown == int(text), (address, text)


@pytest.mark.parametrize("kind", KINDS)
def test_each_link_of_a_document_opens_for_who_took_it_out(city: City, kind: str) -> None:
    for login in ("deputy", "insider"):
        client = signed_in(city, login)
        for what in ("brief", "ledger"):
            _words, links = read(kind, out(city, login, conference_out(what, kind)))
            assert links
            assert {client.get(address).status_code for address in {a for _t, a in links}} == {200}


def test_a_document_has_its_layout(city: City) -> None:
    document: Any = Document(io.BytesIO(out(city, "deputy", conference_out("brief", "docx"))))
    section = document.sections[0]
    millimetres = [
        round(side.mm) for side in (section.top_margin, section.bottom_margin, section.left_margin)
    ]
    assert millimetres == [37, 35, 28]
    styles = [p.style.name for p in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == 3
    assert re.findall(
        r"[一二三]、", "".join(p.text[:2] for p in document.paragraphs if p.style.name == "Heading 1")
    )
    assert "PAGE" in section.footer._element.xml
    assert "仿宋_GB2312" in document.styles["Normal"].element.xml
    wide: Any = Document(io.BytesIO(out(city, "deputy", conference_out("ledger", "docx")))).sections[0]
    assert wide.page_width > wide.page_height


# --- the ledger ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_ledger_has_a_line_for_each_task(city: City, kind: str) -> None:
    words, _links = read(kind, out(city, "deputy", conference_out("ledger", kind)))
    for word in ("摸清底数", "更换老旧路灯", "清理台账", "还在起草的任务", "示例道路处", "已销号"):
        assert word in words
    # A unit finds what is its own and issued.
    own, _links = read(kind, out(city, "insider", conference_out("ledger", kind)))
    assert "摸清底数" in own
    assert "还在起草的任务" not in own


def test_a_title_that_looks_like_a_formula_is_a_text(city: City) -> None:
    book: Any = load_workbook(io.BytesIO(out(city, "deputy", conference_out("ledger", "xlsx"))))
    [cell] = [c for row in book.active.iter_rows() for c in row if str(c.value).startswith("=1+1")]
    assert cell.data_type == "s"
    assert "matters" in cell.hyperlink.target


@pytest.mark.parametrize("login", ["deputy", "insider"])
def test_the_ledger_of_a_list_has_the_open_tasks_of_its_filters(city: City, login: str) -> None:
    address = reverse("desk:tasks_out", args=["docx"])
    client = signed_in(city, login)
    for query, has in (
        ("", True),
        (f"?unit={city.units['lamps'].pk}", True),
        (f"?unit={city.units['schools'].pk}", False),
    ):
        data = out(city, login, address + query)
        words, _links = read("docx", data)
        assert ("摸清底数" in words) == has
        assert ("没有任务。" in words) != has
        for text, target in figures_of("docx", data) if has else ():
            assert rows_in(text_of(client.get(target))) == int(text), target


# --- who -------------------------------------------------------------------------------------------------------------


def test_it_is_written_down_who_took_it_out(city: City) -> None:
    before = AccessLog.objects.count()
    out(city, "deputy", conference_out("brief", "pdf"))
    assert AccessLog.objects.count() == before + 1
    assert AccessLog.objects.filter(page="export", account=city.accounts["deputy"].pk).exists()


def test_a_stranger_takes_out_nothing(city: City) -> None:
    for login in ("clerk", "sysadmin"):
        assert signed_in(city, login).get(conference_out("brief", "docx")).status_code == 404
    assert signed_in(city, "sysadmin").get(reverse("desk:tasks_out", args=["docx"])).status_code == 404
    for what, kind in (("brief", "odt"), ("nothing", "docx")):
        assert signed_in(city, "deputy").get(conference_out(what, kind)).status_code == 404
    words, _links = read("docx", out(city, "stranger", conference_out("ledger", "docx")))
    assert "没有任务。" in words
    assert "摸清底数" not in words


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_nothing_says_so(kind: str) -> None:
    city = make_city()
    Conference.objects.create(title="示例会议", kind="other")
    words, _links = read(kind, out(city, "deputy", conference_out("brief", kind)))
    assert "会议还没有录入要求。" in words
    assert "没有任务。" in read(kind, out(city, "deputy", conference_out("ledger", kind)))[0]


# --- a week and a month ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["week", "month"])
def test_each_figure_of_a_report_is_the_length_of_its_list(city: City, what: str) -> None:
    for days_ago, state in (
        (3, "served"),
        (20, "served"),
        (20, "handling"),
        (40, "handling"),
        (40, "registered"),
    ):
        case_in(city, state, at=NOW - days(days_ago))
    address = reverse("desk:period_out", args=[what, "docx"])
    for login in ("deputy", "insider"):
        client, seen = signed_in(city, login), set()
        for text, target in figures_of("docx", out(city, login, address)):
            page = client.get(target)
            assert rows_in(text_of(page)) == int(text), (login, target)
            seen |= set(re.findall(r"(came\w*|answered\w*|when|kind|holder)=", target))
        named = {"came", "answered"} if what == "week" else {"came_month", "answered_month"}
        assert seen == {*named, "when", "kind", "holder"}, login


@pytest.mark.parametrize(("what", "days_"), [("week", 7), ("month", 30)])
def test_a_report_says_what_was_closed_and_each_number_leads_to_its_list(
    city: City, what: str, days_: int
) -> None:
    for days_ago in (3, 20, 40):
        case_in(city, "closed", at=NOW - days(days_ago))
    address = reverse("desk:period_out", args=[what, "docx"])
    many = {7: 2, 30: 3}[days_]  # a task, and the cases of the period
    for login in ("deputy", "insider"):
        client = signed_in(city, login)
        found = [(text, to) for text, to in figures_of("docx", out(city, login, address)) if "/closed/" in to]
        assert found[0] == (str(many), f"{reverse('desk:closed')}?days={days_}")
        for text, target in found:
            assert rows_in(text_of(client.get(target))) == int(text), (login, target)
        assert {"kind", "unit"} <= set(re.findall(r"(kind|unit)=", " ".join(to for _t, to in found)))
    # Whom it is nothing finds none of it, whatever the address says.
    stranger = signed_in(city, "stranger")
    assert "这段时间没有办结的事项" in text_of(stranger.get(reverse("desk:closed"), {"days": "30"}))


def test_the_list_of_what_was_closed_goes_on_and_takes_no_nonsense(city: City) -> None:
    made = [case_in(city, "closed", at=NOW - days(n)).case.pk for n in (1, 2, 3)]
    away = case_in(city, at=NOW - days(1))
    take(away.case.pk, "withdraw", submitter(away), NOW - days(1))
    viewer, wanted = city.viewer("deputy"), Closed(30, kind="order")
    first = closed.page(viewer, wanted, NOW, size=2)
    second = closed.page(viewer, wanted, NOW, after=first.next, size=2)
    assert [row.id for row, _at in (*first.rows, *second.rows)] == made
    assert (second.next, first.previous) == (None, None)
    back = closed.page(viewer, wanted, NOW, before=second.previous, size=2)
    assert [row.id for row, _at in back.rows] == made[:2]
    client = signed_in(city, "deputy", EN)
    for query in ("?days=x", "?kind=x&unit=x", "?after=x"):
        page = text_of(client.get(reverse("desk:closed") + query))
        assert "What was closed" in page
        assert "Within 7 days" in page


def test_what_went_with_another_is_closed_once(city: City) -> None:
    head, other = (case_in(city, "handling", at=NOW - days(2)).case.pk for _ in range(2))
    Case.objects.filter(pk=other).update(joined_to=head, stands=False)
    Matter.objects.filter(pk__in=(head, other)).update(
        state="closed", open=False, closed_at=NOW, holder=None, due_at=None
    )
    assert closed.count(city.viewer("deputy"), Closed(kind="order"), NOW).number == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_written_in_each_kind_and_language(city: City, kind: str) -> None:
    case_in(city, "handling", at=NOW - days(20))
    address = reverse("desk:period_out", args=["month", kind])
    words, links = read(kind, out(city, "deputy", address))
    for word in ("2026年10月25日至2026年11月24日", "三十天内收到", "示例路灯处", "任务"):
        assert word in words
    assert "路灯不亮" not in words
    assert links
    assert "Received within thirty days".replace(" ", "") in "".join(
        read(kind, out(city, "deputy", address, EN))[0].split()
    )


def test_a_report_of_nothing_says_so_and_is_for_overseers() -> None:
    city = make_city()
    address = reverse("desk:period_out", args=["week", "docx"])
    words, _links = read("docx", out(city, "deputy", address))
    assert "没有收到、到期或者超期的事项。" in words
    assert "各单位都没有这样的事项。" in words
    assert signed_in(city, "clerk").get(address).status_code == 404
    assert signed_in(city, "deputy").get(reverse("desk:period_out", args=["year", "docx"])).status_code == 404
