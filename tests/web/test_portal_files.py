"""Photos and files on their way in: taken one by one, kept with the draft, filed with the words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.outlets import as_portal
from tests.factories import City, make_city
from tests.files import pictures
from tests.web.conftest import Clock
from tests.web.portal_helpers import ANSWERS, Filing, codes, text_of, visitor
from tests.web.test_portal_drafts import resumed, saved
from yipanqi.cases.models import Submission
from yipanqi.files.models import Content, File
from yipanqi.files.queries import contents, of_seal, views
from yipanqi.web import uploads
from yipanqi.web.portal import enclosing
from yipanqi.web.portal.models import SavedDraft

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filing(city: City) -> Filing:
    found = Filing(visitor())
    for page in ("what", "where"):
        found.press(**ANSWERS[page])
    assert found.page == "files"
    return found


def send(filing: Filing, *files: tuple[str, bytes], go: str = "add", **more: Any) -> Any:
    """Send the page with these files picked."""
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    filing.response = filing.client.post(filing.url, filing.form | more | {"go": go, "enclosed": sent})
    return filing.response


PHOTO = ("灯杆.jpg", pictures.located())
PAPER = ("信.pdf", pictures.document())


def to_check(filing: Filing) -> None:
    for page in ("files", "known", "contact"):
        filing.press(**ANSWERS[page])
    assert filing.page == "check"


def test_what_was_sent_is_filed_under_the_seal_of_its_submission(filing: Filing) -> None:
    page = text_of(send(filing, PHOTO, PAPER))
    for word in ("灯杆.jpg", "信.pdf", "data:image/jpeg;base64,", "记有拍摄地点"):
        assert word in page
    to_check(filing)
    assert "灯杆.jpg" in text_of(filing.response)
    reference, _secret = codes(filing.press("submit"))
    submission = Submission.objects.get(reference=reference)
    rows = of_seal(submission.seal_id)
    assert [view.name for view in views(rows, original=True)] == ["灯杆.jpg", "信.pdf"]
    assert [contents(row, "original") for row in rows] == [PHOTO[1], PAPER[1]]
    assert SavedDraft.objects.count() == 0


def test_nobody_has_to_send_anything(filing: Filing) -> None:
    to_check(filing)
    codes(filing.press("submit"))
    assert (File.objects.count(), Content.objects.count(), SavedDraft.objects.count()) == (0, 0, 0)


def test_what_is_refused_is_named_and_what_was_taken_stays(filing: Filing) -> None:
    bad = ("声音.mp3", b"ID3" + bytes(20))
    answer = send(filing, PHOTO, bad, PAPER)
    page = text_of(answer)
    assert (answer.status_code, filing.page) == (422, "files")
    assert "“声音.mp3”没有收下：只收照片" in page
    for word in ("灯杆.jpg", "信.pdf"):
        assert f"<strong>{word}</strong>" in page
    # It is said once; the page does not hold anybody up.
    filing.press("next")
    assert filing.page == "known"


@pytest.mark.parametrize("go", ["next", "back", "save", "check", "known"])
def test_whichever_button_is_pressed_what_was_picked_is_taken(filing: Filing, go: str) -> None:
    send(filing, PHOTO, go=go)
    filing.press("files")
    assert "<strong>灯杆.jpg</strong>" in text_of(filing.response)


def test_one_can_be_removed_again_and_nobody_can_read_it_then(filing: Filing) -> None:
    send(filing, PHOTO, PAPER)
    page = text_of(filing.response)
    unwanted = page.split('name="remove" value="')[1].split('"')[0]
    filing.response = filing.client.post(filing.url, filing.form | {"remove": unwanted})
    page = text_of(filing.response)
    assert filing.page == "files"
    assert "灯杆.jpg" not in page
    assert "<strong>信.pdf</strong>" in page
    to_check(filing)
    filing.press("submit")
    assert [str(file.pk) for file in File.objects.all()] != [unwanted]
    assert File.objects.count() == 1


def test_files_come_back_with_the_code(filing: Filing) -> None:
    send(filing, PHOTO)
    other = resumed(saved(filing))
    other.press("files")
    assert "<strong>灯杆.jpg</strong>" in text_of(other.response)
    # Both pages of the draft add one: neither is lost.
    filing.press("files")
    send(filing, PAPER)
    send(other, ("井盖.png", pictures.photo("PNG")))
    for word in ("灯杆.jpg", "信.pdf", "井盖.png"):
        assert f"<strong>{word}</strong>" in text_of(other.response)


def test_six_and_no_more(filing: Filing) -> None:
    answer = send(filing, *[(f"{n}.jpg", pictures.photo()) for n in range(8)])
    page = text_of(answer)
    assert answer.status_code == 422
    assert page.count('name="remove"') == 6
    assert "“6.jpg”没有收下：最多 6 个" in page
    assert "“7.jpg”没有收下：最多 6 个" in page
    assert 'type="file"' not in page


def test_a_request_that_is_too_large_is_not_read(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_OF_STRANGERS", 3000)
    answer = send(filing, ("a.jpg", pictures.photo()), ("b.jpg", pictures.photo() + bytes(4000)))
    assert answer.status_code == 422
    assert "没有传上来" in text_of(answer)
    assert filing.form["title"] == ANSWERS["what"]["title"]
    assert Content.objects.count() == 0


def test_uploads_are_counted(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosing, "UPLOADS", (("network", 2), ("all", 5)))
    answer = send(filing, *[(f"{n}.jpg", pictures.photo()) for n in range(3)])
    assert answer.status_code == 422
    assert text_of(answer).count('name="remove"') == 2
    assert "尝试次数太多" in text_of(answer)


def test_hostile_names_are_only_words(filing: Filing) -> None:
    page = text_of(send(filing, ("<img src=x onerror=alert(1)>.jpg", pictures.photo())))
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in page


def test_without_its_files_a_draft_that_had_some_is_not_filed_unasked(filing: Filing, clock: Clock) -> None:
    send(filing, PHOTO)
    to_check(filing)
    clock.forward(hours=1)
    SavedDraft.objects.update(expires_at=clock())
    answer = filing.press("submit")
    assert answer.status_code == 422
    assert "传过的文件也随草稿删掉了" in text_of(answer)
    assert Submission.objects.count() == 0
    codes(filing.press("submit"))
    assert File.objects.count() == 0


def test_a_draft_is_not_kept_longer_than_the_contents_of_its_files(filing: Filing, clock: Clock) -> None:
    send(filing, PHOTO)
    code = saved(filing)
    for _each in range(5):
        clock.forward(days=6)
        filing.press("files")
    assert resumed(code).response.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_the_portals_own_role_can_do_all_of_it(filing: Filing) -> None:
    with as_portal():
        send(filing, PHOTO, PAPER)
        to_check(filing)
        codes(filing.press("submit"))
    assert File.objects.count() == 2


def test_what_is_kept_with_a_draft_names_nothing_in_clear(filing: Filing) -> None:
    send(filing, PHOTO)
    rows: list[SavedDraft | Content] = [*SavedDraft.objects.all(), *Content.objects.all()]
    sealed = b"".join(bytes(row.sealed) for row in rows)
    for word in ("灯杆", pictures.CAMERA):
        assert word.encode() not in sealed
