"""Leaders' instructions at the desk: registered with a scan, instructed, laid down, distributed and answered by their
pages alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import City, make_city
from tests.files.pictures import located
from tests.meetings.instruction_world import ABOUT, GIVEN, advance_instruction, hand_out, instruction
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, post_step, signed_in, text_of
from yipanqi.core.models import Matter
from yipanqi.files.models import File
from yipanqi.meetings.models import Conference, Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEW = reverse("desk:register_instruction")
LIST = f"{reverse('desk:meetings')}?kind=instruction"


def registered(city: City, state: str = "registered") -> Conference:
    one = instruction(city, at=NOW - ONE_DAY)
    advance_instruction(city, one, state, NOW - ONE_DAY)
    return one


def brought(name: str = "批示件.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, located() if data is None else data)


def scans(one: Conference) -> str:
    return reverse("desk:keep_scan", args=[one.matter_id])


def test_an_instruction_goes_from_the_scan_to_the_answer_by_its_pages_alone() -> None:
    city = make_city()
    client = signed_in(city, "deputy")
    answer = client.post(NEW, ABOUT | {"scan": brought(), "sender": str(city.units["socialwork"].pk)})
    one = Conference.objects.get()
    matter = one.matter_id
    assert matter is not None
    here = matter_url(matter)
    assert answer.headers["Location"] == here
    assert "批示件.jpg" in text_of(client.get(here))
    for step, told in (("propose", {"handling": "拟请示例副书记阅示。"}), ("instruct", GIVEN)):
        assert post_step(client, matter, step, **told).status_code == 302
    lay_down = reverse("desk:new_lines", args=[one.pk])
    # Its own sentences stand there to begin with, and each keeps its place.
    assert "请城管局牵头，年底前更换老旧路灯" in text_of(client.get(lay_down))
    assert client.post(lay_down, {"lines": "年底前更换老旧路灯"}).headers["Location"] == here
    line = Line.objects.get()
    assert (line.start, line.end) == (7, 16)
    assert f'href="{reverse("desk:line", args=[line.pk])}"' in client.get(reverse("desk:report", args=[one.pk])).content.decode()  # fmt: skip
    draft = {"title": "更换老旧路灯", "goal": "三百盏。", "due_on": "2026-12-18", "unit": "lamps", "sender": str(city.units["socialwork"].pk)}  # fmt: skip
    assert client.post(reverse("desk:new_task", args=[line.pk]), draft).status_code == 302
    task = line.tasks.get()
    assert "还没有下达任务的要求：1" in text_of(client.get(here))
    post_step(client, task.pk, "issue")
    page = text_of(client.get(here))
    assert task.number in page
    ending: list[tuple[str, dict[str, Any]]] = [
        ("distribute", {}),
        ("report_back", {"answer": "正在更换。"}),
        ("submit_for_reading", {"read_on": "2026-11-24"}),
    ]
    for step, told in ending:
        assert post_step(client, matter, step, **told).status_code == 302, step
    assert Matter.objects.get(pk=matter).state == "read"


def test_an_answer_begins_with_how_each_task_stands() -> None:
    city = make_city()
    one = registered(city, "distributed")
    page = text_of(signed_in(city, "deputy").get(reverse("desk:matter", args=[one.matter_id])))
    assert "更换老旧路灯（示例路灯处）：已下达，待签收，完成日期 2026年12月18日" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"secrecy": "secret"}, "密级：秘密级及以上的文件不能进本平台"),
        ({"scan": ("批示件.exe", b"MZ")}, "只收照片（JPEG、PNG、WebP）和 PDF"),
        ({"received_on": "2027-01-01"}, "收到日期：不能晚于今天。"),
        ({"title": ""}, "来文标题"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_registered(change: dict[str, Any], words: str) -> None:
    city = make_city()
    # Made here: a file that was read once is empty to the next run.
    told = change | ({"scan": brought(*change["scan"])} if "scan" in change else {})
    answer = signed_in(city, "deputy").post(NEW, ABOUT | told)
    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert "示例发〔2026〕3号" in page
    assert (Conference.objects.count(), File.objects.count(), Matter.objects.count()) == (0, 0, 0)


def test_a_scan_is_added_and_looked_at_by_its_office_alone() -> None:
    city = make_city()
    one = registered(city)
    deputy, insider = signed_in(city, "deputy"), signed_in(city, "insider")
    assert deputy.post(scans(one), {"scan": brought(), "secrecy": "internal"}).status_code == 302
    address = reverse("desk:file", args=[File.objects.get().pk])
    shown = deputy.get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert deputy.get(f"{address}?as=original").content == located()
    assert insider.get(address).status_code == 404
    assert insider.get(scans(one)).status_code == 404
    for wrong in ({"secrecy": "internal"}, {"scan": brought(), "secrecy": "secret"}, {"scan": brought()}):
        assert deputy.post(scans(one), wrong).status_code == 422, wrong
    assert File.objects.count() == 1


def test_scans_stand_before_what_was_made_of_them_and_the_steps_lead_back_to_them() -> None:
    city = make_city()
    one = registered(city, "distributed")
    client, here = signed_in(city, "deputy"), matter_url(one.matter_id)  # type: ignore[arg-type]
    assert 'href="#files"' not in client.get(here).content.decode()
    client.post(scans(one), {"scan": brought(), "secrecy": "internal"})
    page = client.get(here).content.decode()
    places = [page.index(f'id="{name}"') for name in ("files", "text", "handling", "said", "asked", "steps")]
    assert places == sorted(places)
    assert page.index(scans(one)) < page.index('id="text"')
    assert page.index('href="#files"') > page.index('id="steps"')


def test_what_it_asks_is_nobody_elses_before_it_is_distributed_and_what_it_says_never() -> None:
    city = make_city()
    one = registered(city, "instructed")
    task = hand_out(city, one, NOW - ONE_DAY)
    insider, deputy = signed_in(city, "insider"), signed_in(city, "deputy")
    addresses = [reverse("desk:line", args=[task.line_id]), f"{reverse('desk:board')}?conference={one.pk}"]
    assert [insider.get(each).status_code for each in addresses] == [404, 404]
    post_step(deputy, one.matter_id, "distribute")  # type: ignore[arg-type]
    assert [insider.get(each).status_code for each in addresses] == [200, 200]
    report = reverse("desk:report", args=[one.pk])
    assert all(report not in insider.get(each).content.decode() for each in addresses)
    assert insider.get(report).status_code == 404
    assert "请城管局牵头" in text_of(deputy.get(report))


def test_instructions_have_a_list_of_their_own_in_both_languages() -> None:
    city = make_city()
    client = signed_in(city, "deputy")
    assert "还没有批示件" in text_of(client.get(LIST))
    one = registered(city, "proposed")
    assert one.number in text_of(client.get(LIST))
    assert "proposed, with the leader" in text_of(signed_in(city, "deputy", EN).get(LIST))


@pytest.mark.parametrize("state", ["registered", "instructed", "distributed"])
def test_what_belongs_to_meetings_it_has_not(state: str) -> None:
    city = make_city()
    one = registered(city, "instructed" if state == "distributed" else state)
    if state == "distributed":
        hand_out(city, one, NOW - ONE_DAY)
        post_step(signed_in(city, "deputy"), one.matter_id, "distribute")  # type: ignore[arg-type]
    addresses = [
        reverse("desk:meeting_file", args=[one.matter_id]),
        reverse("desk:meeting_sheet", args=[one.matter_id, "seats"]),
        reverse("desk:prepare", args=[one.pk]),
        reverse("desk:roster", args=[one.pk]),
        reverse("desk:conference_out", args=[one.pk, "brief", "docx"]),
    ]
    client = signed_in(city, "deputy")
    assert [client.get(each).status_code for each in addresses] == [404] * len(addresses)
    assert client.get(reverse("desk:conference_out", args=[one.pk, "ledger", "docx"])).status_code == 200
    shown = client.get(reverse("desk:conference", args=[one.pk])).content.decode()
    assert ("brief.docx" in shown, "ledger.docx" in shown) == (False, True)
