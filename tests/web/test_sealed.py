"""The seal platform: documents go out as files, and come back as sealed PDF or OFD that people are then given."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.urls import reverse
from pypdf import PdfReader

from tests.factories import City, bring_to, file, make_city, take
from tests.web.desk_helpers import signed_in
from tests.web.portal_helpers import tracking
from yipanqi.cases.actions import Filed
from yipanqi.commands.seals import command
from yipanqi.exchange.seals import OFD, PDF, Folder, NotSealed, Outgoing
from yipanqi.notices.models import IssuedDocument, SealedCopy
from yipanqi.notices.sealed import to_seal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MONDAY = dt.datetime.fromisoformat("2026-11-23T10:00+08:00")
REFERENCE = "01234567-89ab-7cde-8f01-23456789abcd"
DOCUMENT = Outgoing(
    REFERENCE, "示例路灯处信处〔2026〕1号", "信访处理意见书", "示例路灯处", "lamps", b"%PDF-1.7 sent"
)
SENT = hashlib.sha256(DOCUMENT.content).hexdigest()


def ofd(words: str = "sealed") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(zipfile.ZipInfo("OFD.xml"), f"<ofd:OFD>{words}</ofd:OFD>")
    return kept.getvalue()


def bring_back(folder: Path, name: str, content: bytes, ending: str, **said: Any) -> None:
    sent = json.loads((folder / "outgoing" / f"{name}.json").read_text())
    manifest = {
        "reference": name,
        "submitted_sha256": sent["sha256"],
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (folder / "incoming" / f"{name}{ending}").write_bytes(content)
    (folder / "incoming" / f"{name}.json").write_text(json.dumps(manifest | said))


def test_a_document_goes_out_as_a_file_with_what_it_is(tmp_path: Path) -> None:
    platform = Folder(tmp_path / "seals")
    assert platform.submit(DOCUMENT) == REFERENCE
    out = tmp_path / "seals" / "outgoing"
    assert sorted(each.name for each in out.iterdir()) == [f"{REFERENCE}.json", f"{REFERENCE}.pdf"]
    assert (out / f"{REFERENCE}.pdf").read_bytes() == DOCUMENT.content
    said = json.loads((out / f"{REFERENCE}.json").read_text())
    assert (said["sha256"], said["number"], said["content_type"]) == (SENT, DOCUMENT.number, PDF)
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.iterdir()} == {0o600}
    assert platform.fetch(REFERENCE, SENT) is None
    platform.submit(DOCUMENT)


@pytest.mark.parametrize(
    ("content", "ending", "kind"), [(ofd(), ".ofd", OFD), (b"%PDF-1.7 sealed", ".pdf", PDF)]
)
def test_what_comes_back_is_taken_by_name_digest_and_type(
    tmp_path: Path, content: bytes, ending: str, kind: str
) -> None:
    platform = Folder(tmp_path)
    platform.submit(DOCUMENT)
    bring_back(tmp_path, REFERENCE, content, ending)
    found = platform.fetch(REFERENCE, SENT)
    assert found is not None
    assert (found.content, found.content_type) == (content, kind)


@pytest.mark.parametrize(
    ("content", "ending", "said", "why"),
    [
        (ofd(), ".ofd", {"submitted_sha256": "0" * 64}, "another_document"),
        (ofd(), ".ofd", {"reference": "another"}, "another_document"),
        (ofd(), ".ofd", {"sha256": "0" * 64}, "altered"),
        (ofd(), ".pdf", {}, "another_type"),
        (b"%PDF-1.7 sealed", ".ofd", {}, "another_type"),
        (b"MZ program", ".ofd", {}, "another_type"),
        (DOCUMENT.content, ".pdf", {}, "unsealed"),
        (ofd(), ".txt", {}, "no_file"),
    ],
)
def test_what_is_not_the_sealed_document_is_refused(
    tmp_path: Path, content: bytes, ending: str, said: dict[str, Any], why: str
) -> None:
    platform = Folder(tmp_path)
    platform.submit(DOCUMENT)
    bring_back(tmp_path, REFERENCE, content, ending, **said)
    with pytest.raises(NotSealed, match=why):
        platform.fetch(REFERENCE, SENT)


def test_a_manifest_that_is_none_is_refused_and_no_link_is_followed(tmp_path: Path) -> None:
    platform = Folder(tmp_path / "seals")
    platform.submit(DOCUMENT)
    manifest = tmp_path / "seals" / "incoming" / f"{REFERENCE}.json"
    for wrong in ("", "[1]", "{"):
        manifest.write_text(wrong)
        with pytest.raises(NotSealed, match="no_manifest"):
            platform.fetch(REFERENCE, SENT)
    bring_back(tmp_path / "seals", REFERENCE, ofd(), ".ofd")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(ofd())
    file = tmp_path / "seals" / "incoming" / f"{REFERENCE}.ofd"
    file.unlink()
    file.symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic"):
        platform.fetch(REFERENCE, SENT)
    with pytest.raises(ValueError, match="reference"):
        platform.fetch("../../etc/passwd", SENT)


@pytest.fixture
def served() -> tuple[City, Filed]:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "served", MONDAY)
    return city, filed


def run() -> Result:
    return CliRunner().invoke(command, ["--days", "3650"])


def test_without_a_folder_nothing_is_handed_over(served: tuple[City, Filed]) -> None:
    result = run()
    assert result.exit_code == 1
    assert "YIPANQI_SEALS_FOLDER" in result.output
    assert not SealedCopy.objects.exists()


def test_documents_go_out_once_and_the_sealed_file_is_what_people_are_given(
    served: tuple[City, Filed], settings: Any, tmp_path: Path
) -> None:
    city, filed = served
    settings.SEALS_FOLDER = tmp_path
    assert "2 went out, 0 came back" in run().output
    assert "0 went out, 0 came back" in run().output
    opinion = IssuedDocument.objects.get(series="doc_opinion")
    sent = (tmp_path / "outgoing" / f"{opinion.pk}.pdf").read_bytes()
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sent)).pages)
    assert "信访人：" in words
    bring_back(tmp_path, str(opinion.pk), ofd(), ".ofd")
    assert "0 went out, 1 came back" in run().output
    url = reverse("portal:document", args=[filed.reference, 2])
    for client, address in (
        (tracking(filed), url),
        (signed_in(city, "insider"), reverse("desk:document", args=[filed.case.pk, 2])),
    ):
        response = client.get(address)
        assert response.headers["Content-Type"] == OFD
        assert response.headers["Content-Disposition"].endswith('-2.ofd"')
        assert response.content == ofd()
    first = tracking(filed).get(reverse("portal:document", args=[filed.reference, 1]))
    assert first.headers["Content-Type"] == PDF, "what is not sealed yet is given as it goes out"


def test_what_comes_back_wrong_is_named_and_the_rest_goes_on(
    served: tuple[City, Filed], settings: Any, tmp_path: Path
) -> None:
    settings.SEALS_FOLDER = tmp_path
    run()
    first, second = map(str, IssuedDocument.objects.order_by("pk").values_list("pk", flat=True))
    bring_back(tmp_path, first, b"program", ".ofd")
    bring_back(tmp_path, second, b"%PDF-1.7 sealed", ".pdf")
    result = run()
    assert result.exit_code == 1
    assert f"{first}: another_type" in result.output
    assert "1 came back sealed, 1 are not" in result.output
    assert SealedCopy.objects.filter(sealed_at__isnull=False).count() == 1


def test_an_opinion_that_was_taken_back_does_not_go_out() -> None:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "answered", MONDAY)
    assert [one.title for one in to_seal(since=MONDAY, most=9)] == ["受理告知书", "信访处理意见书"]
    take(filed.case.pk, "take_back", city.actor("insider"), MONDAY, reason="漏了一项")
    assert [one.title for one in to_seal(since=MONDAY, most=9)] == ["受理告知书"]
