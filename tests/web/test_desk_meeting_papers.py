"""The files of a meeting's papers at the desk: brought with the paper or on a page of their own, opened by the invited."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import City, make_city
from tests.files.pictures import located
from tests.meetings.meeting_world import advance, meeting
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, post_step, signed_in, text_of
from yipanqi.files.models import File, State
from yipanqi.meetings.models import Conference, Paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def brought(name: str = "示例意见.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, located() if data is None else data)


def convened(city: City) -> Conference:
    one = meeting(city, at=NOW - ONE_DAY)
    advance(city, one, "convened", NOW - ONE_DAY)
    return one


def address(one: Conference, number: int = 1) -> str:
    return reverse("desk:paper_file", args=[one.matter_id, number])


def test_a_paper_and_its_file_are_brought_in_one_go() -> None:
    city = make_city()
    one = meeting(city, at=NOW - ONE_DAY)
    deputy, page = signed_in(city, "deputy"), reverse("desk:prepare", args=[one.pk])
    told = {"go": "paper", "title": "示例方案", "secrecy": "internal"}
    wrong = deputy.post(page, told | {"scan": brought("示例方案.exe", b"MZ")})
    assert wrong.status_code == 422
    assert "只收照片（JPEG、PNG、WebP）和 PDF" in text_of(wrong)
    assert "示例方案" in text_of(wrong)
    assert one.papers.count() == 1, "a paper whose file is refused is not entered either"
    assert deputy.post(page, told | {"scan": brought()}).status_code == 302
    assert one.papers.get(number=2).file is not None


def test_the_invited_open_a_paper_through_the_gate_alone() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    deputy, insider, stranger = (signed_in(city, login) for login in ("deputy", "insider", "stranger"))
    assert "没有附件。" in page_of(city, "insider", one.matter_id)
    assert [client.get(address(one)).status_code for client in (deputy, insider, stranger)] == [200, 404, 404]
    answer = deputy.post(address(one), {"scan": brought(), "secrecy": "internal"})
    assert answer.headers["Location"] == matter_url(one.matter_id)
    file = reverse("desk:file", args=[File.objects.get().pk])
    assert [client.get(file).status_code for client in (deputy, insider, stranger)] == [200, 200, 404]
    page = insider.get(matter_url(one.matter_id)).content.decode()
    assert file in page
    assert address(one) not in page, "who is invited puts nothing in its place"
    assert "示例意见.jpg" not in page, "what the file was called on a disk says less than the paper"
    assert "Replace it" in text_of(signed_in(city, "deputy", EN).get(matter_url(one.matter_id)))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"secrecy": "internal"}, "文件：请选一个文件。"),
        ({"secrecy": "secret", "scan": True}, "密级：秘密级及以上的文件不能进本平台"),
        ({"scan": True}, "密级：请从所列选项中选择。"),
        ({"secrecy": "internal", "scan": True}, "为什么换：这份文件已有附件"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(told: dict[str, object], words: str) -> None:
    city = make_city()
    one = convened(city)
    deputy = signed_in(city, "deputy")
    assert deputy.post(address(one), {"scan": brought(), "secrecy": "internal"}).status_code == 302
    answer = deputy.post(address(one), told | ({"scan": brought()} if "scan" in told else {}))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert File.objects.count() == 1


def test_a_file_that_is_checked_still_is_named_and_not_opened() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    deputy = signed_in(city, "deputy")
    deputy.post(address(one), {"scan": brought(), "secrecy": "internal"})
    File.objects.update(state=State.HELD, scanned=False)
    assert "先扣下" in page_of(city, "insider", one.matter_id)
    assert (
        signed_in(city, "insider").get(reverse("desk:file", args=[File.objects.get().pk])).status_code == 404
    )


def test_a_paper_is_withdrawn_by_its_card() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    deputy = signed_in(city, "deputy")
    assert 'id="step-withdraw_paper"' not in page_of(city, "deputy", one.matter_id)
    deputy.post(address(one), {"scan": brought(), "secrecy": "internal"})
    page = page_of(city, "deputy", one.matter_id)
    assert "1. 示例意见" in page.split('id="step-withdraw_paper"')[1].split("</details>")[0]
    assert 'id="step-attach_paper"' not in page
    assert post_step(deputy, one.matter_id, "withdraw_paper", paper="1", reason="发错了").status_code == 302
    assert Paper.objects.get().file is None
    assert "发错了" in page_of(city, "insider", one.matter_id)
