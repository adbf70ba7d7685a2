"""The notice on a late task and the file for the inspection office: for who checks it, from what stands on record."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.meetings.test_reminders import every_day
from tests.meetings.world import MONDAY, bring, days, lines, task
from tests.standing import standing
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, matter_url, signed_in, text_of
from tests.web.test_desk_papers import KINDS, out, read
from yipanqi.core.limits import set_limit
from yipanqi.core.models import AccessLog
from yipanqi.meetings.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def papers(one: Task, what: str, kind: str) -> str:
    return reverse("desk:task_out", args=[one.pk, what, kind])


@standing
def make_pressed() -> tuple[City, Task]:
    """A task that was due a fortnight ago: reminded of, urged, pressed in writing, and answered."""
    city = make_city()
    one = task(city, lines(city)[0], at=MONDAY - days(21), due_on="2026-11-10", milestones=[])
    bring(city, one, "working", MONDAY - days(21))
    every_day("2026-11-03", 17)
    return city, one


@pytest.mark.parametrize("kind", KINDS)
def test_the_notice_says_what_is_late_and_by_when_to_answer(kind: str) -> None:
    city, one = make_pressed()
    words, links = read(kind, out(city, "deputy", papers(one, "urging", kind)))
    for word in (
        "督办通知",
        "示例路灯处：",
        "2026年11月10日",
        "到期提醒",
        "催办",
        "书面督促",
        "2026年12月2日",
        "示例社会工作部",
    ):
        assert word in "".join(words.split()), word
    # The days that it is late are those of the page that the figure leads to.
    if kind == "docx":
        [(text, address)] = links
        assert f"已超期 {text} 天" in text_of(signed_in(city, "deputy").get(address))
    english, _links = read(kind, out(city, "deputy", papers(one, "urging", kind), EN))
    assert "by2December2026" in "".join(english.split())


def test_before_it_was_pressed_the_time_to_answer_is_that_of_the_dated_row(clock: Clock) -> None:
    city = make_city()
    one = task(city, lines(city)[0], at=MONDAY - days(9), due_on="2026-11-23", milestones=[])
    bring(city, one, "working", MONDAY - days(9))
    assert "2026年12月8日" in read("docx", out(city, "deputy", papers(one, "urging", "docx")))[0]
    set_limit(
        procedure="task", code="explain", valid_from=NOW.date() + days(1), amount=3, unit="working_days",
        practice=True, basis_zh="示例市规定", basis_en="Sample rule", by=city.viewer("sysadmin"), at=NOW,
    )  # fmt: skip
    clock.forward(days=1)
    assert "2026年11月30日" in read("docx", out(city, "deputy", papers(one, "urging", "docx")))[0]


def test_the_file_for_the_inspection_office_has_the_task_with_its_trail() -> None:
    city, one = make_pressed()
    take(one.pk, "answer_notice", city.actor("insider"), NOW, reason="厂家停产。", plan="年底前换完。")
    take(one.pk, "note", city.actor("colleague"), NOW, text="只给一起办的单位看")
    with zipfile.ZipFile(io.BytesIO(out(city, "deputy", papers(one, "inspection", "zip")))) as archive:
        names = sorted(archive.namelist())
        assert [name.rpartition(".")[2] for name in names] == sorted(KINDS)
        for name in names:
            kind = name.rpartition(".")[2]
            words = "".join(read(kind, archive.read(name))[0].split())
            for word in (
                "督查机构：",
                one.number,
                "厂家停产。",
                "年底前换完。",
                "书面督促",
                "签收",
                "示例路灯处",
            ):
                assert word in words, (kind, word)
            assert "只给一起办的单位看" not in words
            assert "示例insider" not in words
    looked = AccessLog.objects.filter(page="export", matter=one.pk)
    assert looked.count() == 1


def test_each_is_offered_where_it_is_due_and_to_who_checks() -> None:
    city, one = make_pressed()
    page = text_of(signed_in(city, "deputy").get(matter_url(one.pk)))
    assert papers(one, "urging", "docx") in page
    assert papers(one, "inspection", "zip") in page
    assert "/papers/" not in text_of(signed_in(city, "insider").get(matter_url(one.pk)))
    for login in ("insider", "colleague", "stranger", "clerk", "sysadmin"):
        assert signed_in(city, login).get(papers(one, "inspection", "zip")).status_code == 404
    early = task(city, lines(city)[0], at=NOW)
    bring(city, early, "working", NOW)
    assert "/papers/" not in text_of(signed_in(city, "deputy").get(matter_url(early.pk)))
    for what in ("urging", "inspection"):
        assert signed_in(city, "deputy").get(papers(early, what, "pdf")).status_code == 404
    assert signed_in(city, "deputy").get(papers(one, "other", "pdf")).status_code == 404


def test_an_administrator_looks_at_new_words_and_puts_them_into_force() -> None:
    city, one = make_pressed()
    client, address = signed_in(city, "sysadmin"), reverse("desk:notice_texts")
    page = text_of(client.get(address, {"text": "urging"}))
    for words in (
        "公文模板",
        "督办通知",
        "移交督查的材料",
        "{answer_by}",
        "〔牵头单位〕：",
        "〔系统按数据写出的正文〕",
    ):
        assert words in page
    typed = {
        "text": "urging",
        "subject_zh": "关于抓紧办理{number}号任务的函",
        "subject_en": "On task {number}",
        "body_zh": "{unit}：\n{content}\n请抓紧办理。\n中共示例市委社会工作部",
        "body_en": "To {unit}:\n{content}\nPlease see to it.\nSocial Work Department",
    }
    preview = text_of(client.post(address, typed | {"go": "preview"}))
    assert "关于抓紧办理〔任务编号〕号任务的函" in preview
    assert 'value="save"' in preview
    wrong = client.post(address, typed | {"go": "save", "body_zh": "{name}：\n{content}\n某局"})
    assert wrong.status_code == 422
    assert "这里没有 {name} 这个变量" in text_of(wrong)
    assert "请抓紧办理" not in read("docx", out(city, "deputy", papers(one, "urging", "docx")))[0]
    assert client.post(address, typed | {"go": "save"}).status_code == 302
    assert "启用时间" in text_of(client.get(address, {"text": "urging"}))
    words, _links = read("docx", out(city, "deputy", papers(one, "urging", "docx")))
    for word in (f"关于抓紧办理{one.number}号任务的函", "请抓紧办理。", "中共示例市委社会工作部", "已经超期"):
        assert word in words
    assert (
        text_of(signed_in(city, "sysadmin", EN).get(address, {"text": "brief"})).count("Conference brief")
        >= 1
    )
