"""Documents as letters: who reads one, and what it says."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories import OPINION, City, bring_to, file, make_city, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, city_with, signed_in
from tests.web.portal_helpers import case_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed
from yipanqi.core.models import AccessLog

pytestmark = [pytest.mark.django_db]
NAME, PHONE = "甲某", "19900000001"


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


def opinion_of(client: Client, filed: Filed) -> str:
    return words_of(client.get(reverse("desk:document", args=[filed.case.pk, 2])))


@pytest.fixture
def claimed(clock: Clock) -> tuple[City, Filed]:
    city = make_city()
    filed = file(city, at=NOW, kind="claim")
    bring_to(city, filed, "served", NOW)
    return city, filed


def test_an_opinion_has_what_the_layout_of_official_documents_asks(claimed: tuple[City, Filed]) -> None:
    city, filed = claimed
    words = opinion_of(signed_in(city, "insider", EN), filed)
    for one in (
        "示例路灯处信处〔2026〕1号", "信访处理意见书", "一、投诉请求", "二、事实和理由", "四、处理意见", "五、法律法规依据",
        "六、救济途径和期限", "2026年11月", "（印章）", "—1—", filed.reference,
    ):  # fmt: skip
        assert one in words, one
    assert "Opinion" not in words, "the document is in Chinese whoever prints it"


def test_the_name_stands_in_the_copy_of_whoever_has_opened_the_identity_and_in_no_other(
    claimed: tuple[City, Filed],
) -> None:
    city, filed = claimed
    insider = signed_in(city, "insider")
    assert "甲*：" in opinion_of(insider, filed)
    assert NAME not in opinion_of(insider, filed)
    take(filed.case.pk, "open_identity", city.actor("insider"), NOW, purpose="serve")
    assert f"{NAME}：" in opinion_of(insider, filed)
    assert NAME not in opinion_of(signed_in(city, "clerk"), filed), "another account has not opened it"
    for number in (1, 2, 3):
        words = words_of(tracking(filed).get(reverse("portal:document", args=[filed.reference, number])))
        assert NAME not in words
        assert "甲*" not in words
        page = text_of(tracking(filed).get(reverse("portal:document_page", args=[filed.reference, number])))
        assert NAME not in page


@pytest.mark.parametrize("anonymity", ["handler_only", "anonymous"])
def test_nothing_of_a_sealed_identity_stands_in_a_document(clock: Clock, anonymity: str) -> None:
    city = make_city()
    filed = file(city, at=NOW, kind="claim", anonymity=anonymity)
    bring_to(city, filed, "served", NOW)
    for login in ("insider", "colleague", "clerk"):
        client = signed_in(city, login)
        for number in (1, 2, 3):
            words = words_of(client.get(reverse("desk:document", args=[filed.case.pk, number])))
            assert NAME not in words, (login, number)
            assert PHONE not in words, (login, number)
    assert "信访人：" in opinion_of(signed_in(city, "colleague"), filed)


@pytest.mark.parametrize(
    ("language", "says"),
    [("zh-hans", "公文版式（PDF）"), (EN, "The official text is the document in Chinese")],
)
def test_the_same_is_read_in_large_print(claimed: tuple[City, Filed], language: str, says: str) -> None:
    city, filed = claimed
    desk = reverse("desk:document_page", args=[filed.case.pk, 2])
    portal = reverse("portal:document_page", args=[filed.reference, 2])
    assert visitor().get(portal).status_code == 302
    assert portal in text_of(tracking(filed).get(case_url(filed)))
    for page in (
        text_of(signed_in(city, "insider", language).get(desk)),
        text_of(tracking(filed, language).get(portal)),
    ):
        for one in ("示例路灯处信处〔2026〕1号", OPINION["facts"], OPINION["remedy"], says):
            assert one in page, one
        assert 'class="sheet' in page
    assert signed_in(city, "stranger").get(desk).status_code == 404
    assert signed_in(city, "insider").get(desk.replace("/2/", "/9/")).status_code == 404
    assert AccessLog.objects.filter(page="document", matter=filed.case.pk).exists()


def test_an_opinion_is_printed_before_it_is_served(clock: Clock) -> None:
    city = make_city()
    filed = file(city, at=NOW, kind="claim")
    bring_to(city, filed, "answered", NOW)
    assert "待送达" in text_of(signed_in(city, "insider").get(reverse("desk:matter", args=[filed.case.pk])))
    assert "一、投诉请求" in opinion_of(signed_in(city, "insider"), filed)
    assert tracking(filed).get(reverse("portal:document", args=[filed.reference, 2])).status_code == 404


def test_the_record_of_service_is_a_document_of_its_own(claimed: tuple[City, Filed]) -> None:
    city, filed = claimed
    record = reverse("desk:document", args=[filed.case.pk, 3])
    words = words_of(signed_in(city, "insider").get(record))
    for one in ("送达回证", "示例路灯处信处〔2026〕1号", "直接送达", "凭据示例"):
        assert one in words, one
    own = words_of(tracking(filed).get(reverse("portal:document", args=[filed.reference, 3])))
    assert "直接送达" in own
    assert "凭据" not in own


def test_a_long_opinion_goes_over_pages_and_no_page_bears_a_seal_alone(clock: Clock) -> None:
    city = make_city()
    filed = file(city, at=NOW, kind="claim")
    bring_to(city, filed, "handling", NOW)
    long = "经现场核实，示例小区的路灯灯头多处损坏，已经更换。" * 60
    take(filed.case.pk, "answer", city.actor("insider"), NOW, **OPINION | {"facts": long})
    response: Any = signed_in(city, "insider").get(reverse("desk:document", args=[filed.case.pk, 2]))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"— {number} —" in page
    assert OPINION["remedy"][-6:] in pages[-1].replace("\n", "")
    assert "（印章）" in pages[-1]
