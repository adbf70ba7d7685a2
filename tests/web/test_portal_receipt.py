"""The receipt: what is on it, and what is not for whoever else finds it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from tests.factories import City, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import ANSWERS, Filing, codes, text_of, visitor
from yipanqi.core import typesetting
from yipanqi.web.portal.receipt import qr_code

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filed(city: City) -> tuple[Client, str, str]:
    filing = Filing(visitor())
    filing.to_check()
    return filing.client, *codes(filing.press("submit"))


def words_of(response: Any) -> str:
    """The words of a PDF, without the breaks between them."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).replace(
        "\n", ""
    )


@pytest.mark.parametrize("sheet", ["usual", "large"])
def test_it_has_number_office_telephone_and_date_on_one_sheet(
    filed: tuple[Client, str, str], sheet: str
) -> None:
    client, reference, secret = filed
    answer = client.post("/file/receipt", {"reference": reference, "secret": secret, "sheet": sheet})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1
    words = words_of(answer).replace(" ", "")
    for one in (reference, "0531-00000000", "2026年11月25日"):
        assert one in words, one


def test_neither_the_secret_nor_what_was_said_is_on_it(filed: tuple[Client, str, str]) -> None:
    client, reference, secret = filed
    for sheet in ("usual", "large"):
        answer = client.post("/file/receipt", {"reference": reference, "secret": secret, "sheet": sheet})
        words = words_of(answer).replace(" ", "")
        assert secret.replace(" ", "") not in words
        for page in ("what", "where", "contact"):
            for text in filter(None, ANSWERS[page].values()):
                assert text.split("\n")[0].replace(" ", "") not in words


def test_it_is_given_again_to_whom_has_shown_the_secret_alone(filed: tuple[Client, str, str]) -> None:
    client, reference, secret = filed
    address = f"/track/{reference}/receipt-large.pdf"
    assert client.get(address).status_code == 302
    client.post("/track/", {"reference": reference, "secret": secret})
    assert client.get(address).headers["Content-Type"] == "application/pdf"
    assert client.get(f"/track/{reference}/receipt-huge.pdf").status_code == 404
    assert visitor().get(address).status_code == 302


def test_a_wrong_secret_gets_no_receipt(filed: tuple[Client, str, str]) -> None:
    client, reference, _secret = filed
    answer = client.post("/file/receipt", {"reference": reference, "secret": "0000000000000000"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/track/")


def test_it_comes_in_the_page_s_language(filed: tuple[Client, str, str]) -> None:
    _client, reference, secret = filed
    answer = visitor("en").post("/file/receipt", {"reference": reference, "secret": secret})
    words = words_of(answer)
    assert "Receipt" in words
    assert "25 Nov 2026" in words


def test_the_code_holds_the_reference_alone(city: City) -> None:
    filing = Filing(visitor())
    filing.to_check()
    answer = filing.press("submit")
    reference, _secret = codes(answer)
    page = text_of(answer)
    assert qr_code(f"http://testserver/track/?reference={reference}") in page
    assert "style=" not in page


def test_without_its_typeface_there_is_no_document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    typesetting._typefaces.cache_clear()
    monkeypatch.setattr(typesetting, "FONTS", tmp_path)
    with pytest.raises(typesetting.NoTypeface):
        typesetting.typeset("receipt", {})
    typesetting._typefaces.cache_clear()
