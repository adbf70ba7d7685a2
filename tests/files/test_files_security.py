"""S13–S19 of the trust expectations: what is taken, what is made of it, and how it is given out again."""

from __future__ import annotations

import datetime as dt
import io
import json
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from tests.factories import WORDS, City, make_city, take
from tests.files import pictures
from tests.files.pictures import EICAR
from tests.web.desk_helpers import NOW, signed_in
from yipanqi.cases.actions import Filed, Words, file_submission
from yipanqi.cases.models import CaseFile
from yipanqi.core import sealing
from yipanqi.core.errors import Refused
from yipanqi.core.gate import NOBODY, Actor
from yipanqi.core.models import AccessLog
from yipanqi.core.procedure import Role
from yipanqi.files import checking, convert
from yipanqi.files.actions import Taken, forget_unfiled, scan_held, take_in
from yipanqi.files.checking import FileRefused
from yipanqi.files.models import Content, File
from yipanqi.files.queries import contents, of_seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(clock: Any) -> City:
    return make_city()


def taken(name: str = "灯杆.jpg", data: bytes | None = None) -> Taken:
    return take_in(name=name, data=pictures.located() if data is None else data, at=NOW)


def file(*files: Taken, anonymity: str = "named") -> Filed:
    return file_submission(
        words=WORDS,
        anonymity=anonymity,
        channel="portal",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=NOW,
        files=files,
    )


def opened(file: File, part: str = "served") -> Image.Image:
    return Image.open(io.BytesIO(contents(file, part)))


# --- what is taken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jpg", pictures.photo(), "jpeg"),
        ("a.JPEG", pictures.photo(), "jpeg"),
        ("a.b.png", pictures.photo("PNG"), "png"),
        ("照片.webp", pictures.photo("WEBP"), "webp"),
        ("a.pdf", pictures.document(3), "pdf"),
        ("filled.jpg", pictures.photo() + bytes(512), "jpeg"),
    ],
)
def test_s13_what_is_what_it_says_is_taken(name: str, data: bytes, kind: str) -> None:
    found = taken(name, data)
    assert (found.kind, found.size, found.state, found.scanned) == (kind, len(data), "clean", False)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.png", pictures.photo(), "后缀和内容不符"),
        ("a.pdf", pictures.photo("PNG"), "后缀和内容不符"),
        ("photo", pictures.photo(), "后缀和内容不符"),
        ("a.jpg.html", pictures.photo(), "后缀和内容不符"),
        ("a.jpg", b"<html><script>alert(1)</script>", "只收照片"),
        ("a.svg", b"<svg onload=alert(1)>", "只收照片"),
        ("a.jpg", b"GIF89a" + bytes(20), "只收照片"),
        ("a.docx", pictures.archive(), "Word"),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(20), "兼容性最佳"),
        ("a.jpg", b"\0\0\0\x18ftypmif1" + bytes(20), "兼容性最佳"),
        ("a.jpg", b"", "空的"),
    ],
)
def test_s13_extension_and_first_bytes_agree(name: str, data: bytes, told: str) -> None:
    """The refusal says which file, why, and what to do."""
    with pytest.raises(FileRefused) as refusal:
        taken(name, data)
    assert told in refusal.value.message
    assert name in refusal.value.message
    assert Content.objects.count() == 0


@pytest.mark.parametrize("what", pictures.polyglots())
def test_s13_what_is_something_else_as_well_is_refused(what: str) -> None:
    with pytest.raises(FileRefused, match="夹带"):
        taken(*pictures.polyglots()[what])


@pytest.mark.parametrize("what", pictures.broken())
def test_s13_what_does_not_decode_whole_is_refused(what: str) -> None:
    with pytest.raises(FileRefused, match="打不开"):
        taken(*pictures.broken()[what])


@pytest.mark.parametrize(
    "what", ["/JavaScript", "attachment", "/Launch", "/SubmitForm", "/GoToE", "/ImportData"]
)
def test_s13_a_document_that_does_something_is_refused(what: str) -> None:
    with pytest.raises(FileRefused, match="自动运行"):
        taken("a.pdf", pictures.active_document(what))


def test_s13_a_document_with_a_password_is_refused() -> None:
    with pytest.raises(FileRefused, match="密码"):
        taken("a.pdf", pictures.active_document("encrypted"))


def test_s14_the_size_is_looked_at_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGEST", 1000)
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: 1 / 0)
    with pytest.raises(FileRefused, match="超过"):
        taken("a.jpg", pictures.photo(size=(400, 400)))


def test_s14_what_swells_ends_with_its_process() -> None:
    """A document of some kilobytes whose one stream of objects swells to two gigabytes."""
    with pytest.raises(FileRefused, match=r"太费力|打不开"):
        taken("a.pdf", pictures.bomb())


def test_s15_pixels_are_counted_before_they_are_decoded() -> None:
    with pytest.raises(FileRefused, match="像素太多"):
        taken("a.png", pictures.huge())


def test_a_converter_gets_nothing_of_ours(tmp_path: Path) -> None:
    """A process of its own for each file, with no environment, little memory and no file to write."""
    seen: dict[str, Any] = {}
    run = subprocess.run

    def look(command: list[str], **more: Any) -> Any:
        seen.update(more, command=command)
        return run(command, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", look)
        taken()
    assert (seen["env"], seen["cwd"]) == ({}, "/")
    assert "-I" in seen["command"]
    # Written out before it is closed: what fails at the end of a file alone is a warning and no failure.
    written = f"f = open({str(tmp_path / 'x')!r}, 'w'); f.write('x'); f.flush()"
    limits = f"import yipanqi.files.convert as c; c.limit(); {written}"
    done = run([seen["command"][0], "-I", "-c", limits], env={}, capture_output=True, check=False)
    assert b"File too large" in done.stderr
    assert done.returncode != 0
    assert convert.MEMORY <= 1 << 30


# --- what is made of it ----------------------------------------------------------------------------------------------


def test_s16_the_served_copy_says_nothing_of_place_time_or_camera(city: City) -> None:
    data = pictures.located((3000, 1000))
    one = taken("a.jpg", data)
    assert one.located
    [row] = of_seal(file(one).submission.seal_id)
    served = opened(row)
    assert dict(served.getexif()) == {}
    assert {"exif", "comment", "icc_profile"} & set(served.info) == set()
    for part in ("served", "small"):
        assert pictures.CAMERA.encode() not in contents(row, part)
    # Turned as it was held, at most so large; the original is kept as it came.
    assert served.size == (683, 2048)
    assert (row.width, row.height) == (1000, 3000)
    assert contents(row, "original") == data


def test_s16_a_document_says_nothing_of_its_writer() -> None:
    one = taken("a.pdf", pictures.document(2, title=pictures.CAMERA))
    row = Content.objects.get(file=one.id, part="served")
    served = one.box.unlock("served", bytes(row.sealed))
    assert pictures.CAMERA.encode() not in served
    assert len(PdfReader(io.BytesIO(served)).pages) == 2


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "CMYK", "1", "I;16"])
def test_every_kind_of_picture_becomes_one_that_can_be_shown(mode: str) -> None:
    out = io.BytesIO()
    plain = Image.linear_gradient("L")
    image = plain.convert("I").convert(mode) if mode == "I;16" else plain.convert("RGB").convert(mode)
    name = "JPEG" if mode == "CMYK" else "PNG"
    image.save(out, name)
    one = taken("a.jpg" if name == "JPEG" else "a.png", out.getvalue())
    served = one.box.unlock("served", bytes(Content.objects.get(file=one.id, part="served").sealed))
    assert Image.open(io.BytesIO(served)).mode == "RGB"


# --- how it is kept --------------------------------------------------------------------------------------------------


def test_s17_names_are_ours_and_nothing_of_a_file_stands_in_clear(city: City) -> None:
    named = taken("../../王小明的灯杆\r\nSet-Cookie: a=b.jpg")
    filed = file(named)
    [row] = of_seal(filed.submission.seal_id)
    assert str(row.pk) not in (str(filed.case.pk), str(filed.submission.pk))
    sealed = bytes(row.name) + bytes(row.key) + b"".join(bytes(c.sealed) for c in Content.objects.all())
    for word in ("王小明", "灯杆", pictures.CAMERA, "JFIF"):
        assert word.encode() not in sealed


def test_erasing_the_person_erases_the_files(city: City) -> None:
    filed = file(taken())
    [row] = of_seal(filed.submission.seal_id)
    sealing.erase(filed.submission.seal_id)
    with pytest.raises(sealing.Erased):
        contents(row, "original")
    answer = signed_in(city, "clerk").get(reverse("desk:matter", args=[filed.case.pk]))
    assert "灯杆" not in answer.content.decode()


def test_what_is_never_filed_is_forgotten(city: City) -> None:
    gone, filed = taken(), taken()
    file(filed)
    assert forget_unfiled(at=NOW) == 0
    assert forget_unfiled(at=NOW + dt.timedelta(days=31)) == 3
    kept = {str(pk) for pk in Content.objects.values_list("file", flat=True)}
    assert kept == {filed.id}
    assert gone.id not in kept


# --- viruses ---------------------------------------------------------------------------------------------------------


class Clamd(socketserver.ThreadingTCPServer):
    """A small server that speaks clamd's protocol and knows one virus."""

    allow_reuse_address = True
    daemon_threads = True
    says = b""


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command, data = self.rfile.read(10), b""
        assert command == b"zINSTREAM\0"
        while size := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(size)
        found = b"Eicar-Test-Signature FOUND" if EICAR in data else b"OK"
        assert isinstance(self.server, Clamd)
        self.wfile.write(self.server.says or b"stream: " + found + b"\0")


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    server = Clamd(("127.0.0.1", 0), Session)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.SCANNER = f"127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


INFECTED = ("a.jpg", pictures.with_comment(EICAR))


def test_s18_what_carries_a_virus_is_quarantined_and_shown_to_nobody(city: City, clamd: Clamd) -> None:
    clean, bad = taken("好.jpg"), taken(*INFECTED)
    assert (clean.state, clean.scanned) == ("clean", True)
    assert (bad.state, bad.scanned) == ("quarantined", True)
    filed = file(clean, bad)
    clerk = signed_in(city, "clerk")
    page = clerk.get(reverse("desk:matter", args=[filed.case.pk])).content.decode()
    assert "已隔离" in page
    assert reverse("desk:file", args=[clean.id]) in page
    assert reverse("desk:file", args=[bad.id]) not in page
    for query in ("", "?as=original"):
        assert clerk.get(reverse("desk:file", args=[bad.id]) + query).status_code == 404


@pytest.mark.parametrize("says", [b"stream: ERROR\0", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b""])
def test_s18_without_a_clear_answer_it_is_held_and_tried_again(
    city: City, clamd: Clamd, settings: Any, says: bytes
) -> None:
    address, settings.SCANNER = settings.SCANNER, settings.SCANNER if says else "127.0.0.1:1"
    clamd.says = says
    held, bad = taken("照片.jpg"), taken(*INFECTED)
    assert (held.state, held.scanned) == ("held", False)
    filed = file(held, bad)
    clerk = signed_in(city, "clerk")
    assert clerk.get(reverse("desk:file", args=[held.id])).status_code == 404
    assert "扣下" in clerk.get(reverse("desk:matter", args=[filed.case.pk])).content.decode()
    assert scan_held(at=NOW) == 0
    settings.SCANNER, clamd.says = address, b""
    assert scan_held(at=NOW) == 2
    states = dict(File.objects.values_list("number", "state"))
    assert states == {1: "clean", 2: "quarantined"}
    assert clerk.get(reverse("desk:file", args=[held.id])).status_code == 200


def test_s18_without_a_scanner_the_desk_says_so(city: City) -> None:
    filed = file(taken())
    page = signed_in(city, "clerk").get(reverse("desk:matter", args=[filed.case.pk])).content.decode()
    assert "没有做病毒扫描" in page


# --- how it is given out ---------------------------------------------------------------------------------------------


def cleared(city: City, filed: Filed, *files: Taken) -> None:
    clerk = city.actor("clerk")
    answers = {"title": "路灯不亮", "text": "三号杆不亮", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", clerk, NOW, **answers, files=[each.id for each in files])
    take(filed.case.pk, "route", clerk, NOW, unit="lamps", co_units=[])


def get(city: City, login: str, file: Taken, query: str = "") -> Any:
    client = signed_in(city, login) if login else Client()
    return client.get(reverse("desk:file", args=[file.id]) + query)


def test_s17_the_name_survives_in_chinese_and_breaks_no_header(city: City) -> None:
    one = taken('灯杆"\r\nX-Evil: 1.jpg')
    file(one)
    answer = get(city, "clerk", one)
    assert answer.headers["Content-Disposition"] == "inline; filename*=utf-8''%E7%85%A7%E7%89%87%201.jpg"
    assert "X-Evil" not in answer.headers


def test_s19_pictures_are_shown_in_a_sandbox_and_all_else_is_kept(city: City) -> None:
    picture, paper = taken(), taken("信.pdf", pictures.document())
    file(picture, paper)
    shown, kept = get(city, "clerk", picture), get(city, "clerk", paper)
    original = get(city, "clerk", picture, "?as=original")
    for answer in (shown, kept, original):
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert pictures.CAMERA.encode() not in shown.content
    for answer in (kept, original):
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert original.content == pictures.located()


def test_s19_the_picture_is_our_encoders_whatever_came(city: City) -> None:
    one = taken("a.webp", pictures.photo("WEBP"))
    file(one)
    answer = get(city, "clerk", one)
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Disposition"].endswith("1.jpg")


# --- who sees it -----------------------------------------------------------------------------------------------------


def test_a_handler_sees_what_the_clerk_let_go_along_and_no_original(city: City) -> None:
    goes, stays = taken("王小明家门口.jpg"), taken("身份证.jpg")
    filed = file(goes, stays, anonymity="hidden")
    cleared(city, filed, goes)
    page = signed_in(city, "insider").get(reverse("desk:matter", args=[filed.case.pk])).content.decode()
    assert "照片 1" in page
    for word in ("王小明", "身份证", str(stays.id)):
        assert word not in page
    answer = get(city, "insider", goes)
    assert answer.status_code == 200
    assert get(city, "insider", goes, "?as=original").status_code == 404
    assert get(city, "insider", stays).status_code == 404


def test_others_are_told_that_there_is_no_such_file(city: City) -> None:
    one = taken()
    cleared(city, file(one), one)
    none = {get(city, login, one).status_code for login in ("stranger", "accused", "secadmin", "audadmin")}
    assert none == {404}
    assert get(city, "", one).status_code == 302
    # Whoever oversees reads it once they have opened the text.
    assert get(city, "deputy", one).status_code == 404


def test_the_originals_go_out_of_sight_with_the_words(city: City) -> None:
    one, other = taken(), taken()
    filed = file(one, other)
    assert get(city, "clerk", one, "?as=original").status_code == 200
    cleared(city, filed, one)
    statuses = [
        get(city, "clerk", each, q).status_code for each in (one, other) for q in ("", "?as=original")
    ]
    assert statuses == [200, 404, 404, 404]


@pytest.mark.parametrize(("anonymity", "ticked"), [("named", 2), ("hidden", 0), ("anonymous", 0)])
def test_what_goes_along_unless_the_clerk_says_otherwise(city: City, anonymity: str, ticked: int) -> None:
    words = Words("路灯不亮", "三号杆不亮") if anonymity == "anonymous" else WORDS
    filed = file_submission(
        words=words,
        anonymity=anonymity,
        channel="portal",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=NOW,
        files=[taken(), taken()],
    )
    page = signed_in(city, "clerk").get(reverse("desk:matter", args=[filed.case.pk])).content.decode()
    form = page[page.index('id="step-clear"') :]
    form = form[: form.index("</form>")]
    assert form.count('name="files"') == 2
    assert form.count(" checked") == ticked


def test_a_file_of_another_submission_cannot_be_let_go_along(city: City) -> None:
    other = taken()
    file(other)
    mine = file(taken())
    with pytest.raises(Refused):
        cleared(city, mine, other)
    assert CaseFile.objects.count() == 0


def test_a_case_that_is_split_off_has_its_own_files(city: City) -> None:
    one, other = taken(), taken()
    filed = file(one, other)
    cleared(city, filed, one)
    split = {"title": "井盖", "text": "井盖松动", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "split", city.actor("clerk"), NOW, **split, files=[other.id])
    part = filed.submission.cases.exclude(pk=filed.case.pk).get()
    take(part.pk, "route", city.actor("clerk"), NOW, unit="schools", co_units=[])
    assert get(city, "stranger", other).status_code == 200
    assert get(city, "stranger", one).status_code == 404
    assert get(city, "insider", other).status_code == 404


def test_cleared_again_other_files_go_along(city: City) -> None:
    one, other = taken(), taken()
    filed = file(one, other)
    answers = {"title": "路灯不亮", "text": "三号杆不亮", "category": "lamps", "area": city.area.pk}
    for files in ([one.id], [one.id, other.id], [other.id], []):
        take(filed.case.pk, "clear", city.actor("clerk"), NOW, **answers, files=files)
        assert {str(each) for each in CaseFile.objects.values_list("file", flat=True)} == set(files)


def test_every_look_is_written_down(city: City) -> None:
    one = taken()
    filed = file(one)
    get(city, "clerk", one)
    get(city, "clerk", one, "?as=original")
    looks = AccessLog.objects.filter(page="file").order_by("at", "id")
    assert [(row.matter, row.fields) for row in looks] == [
        (filed.case.pk, "file_served"),
        (filed.case.pk, "file_original"),
    ]


def test_the_ledger_commits_to_each_file(city: City) -> None:
    one = taken()
    filed = file(one)
    payload = filed.case.matter.moves.get(number=1).payload
    assert json.loads(payload.body)["files"] == [one.digest]
