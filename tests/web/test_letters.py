"""Documents as letters: who reads one, and what it says."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.factories import City
from tests.web.conftest import Clock
from tests.web.desk_helpers import city_with, signed_in
from tests.web.portal_helpers import case_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed
from yipanqi.core.models import AccessLog

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def served(clock: Clock) -> tuple[City, Filed]:
    return city_with("served")


def words_of(response: Any) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_at_the_desk_whoever_reads_the_answer_may_print_it(served: tuple[City, Filed]) -> None:
    city, filed = served
    url = reverse("desk:document", args=[filed.case.pk, 1])
    for login, status in (("insider", 200), ("clerk", 200), ("stranger", 404), ("sysadmin", 404)):
        assert signed_in(city, login).get(url).status_code == status, login
    look = AccessLog.objects.filter(page="document").latest("at")
    assert (look.matter, look.fields) == (filed.case.pk, "documents")


def test_it_bears_the_unit_that_answered_its_words_and_the_day(served: tuple[City, Filed]) -> None:
    city, filed = served
    words = words_of(signed_in(city, "insider").get(reverse("desk:document", args=[filed.case.pk, 1])))
    for one in ("示例路灯处", "答复", filed.reference):
        assert one in words, one
    assert "热线" not in words


def test_the_submitter_prints_the_same_after_showing_the_secret(served: tuple[City, Filed]) -> None:
    _city, filed = served
    url = reverse("portal:document", args=[filed.reference, 1])
    assert visitor().get(url).status_code == 302
    client = tracking(filed)
    assert url in text_of(client.get(case_url(filed)))
    assert client.get(url).headers["Content-Type"] == "application/pdf"
    assert client.get(reverse("portal:document", args=[filed.reference, 2])).status_code == 404
