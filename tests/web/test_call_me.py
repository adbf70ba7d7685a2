"""“Please telephone me”: without an account and without scripts, sealed, once however often the button is pressed."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.access.outlets import as_portal, current_user
from tests.factories import City, file, make_city
from tests.web.desk_helpers import EN, NOW
from tests.web.portal_helpers import case_url, form_of, text_of, tracking, visitor
from yipanqi.cases.models import CallRequest
from yipanqi.core import sealing
from yipanqi.core.models import Attempt, SealedText
from yipanqi.web.portal import call_me

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/call-me/"
NUMBER = "199 0000 0003"


@pytest.fixture
def city() -> City:
    return make_city()


def ask(client: Any = None, **typed: str) -> Any:
    """Fill the form in as it stands, and send it."""
    client = client or visitor()
    return client.post(URL, form_of(client.get(URL), URL) | {"number": NUMBER} | typed)


def test_the_number_alone_is_enough_and_everything_is_sealed(city: City) -> None:
    answer = ask(name="王女士", about="路灯", suits="evening")
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?noted=1")
    one = CallRequest.objects.get()
    assert (one.suits, one.asked_at, one.submission, one.outcome) == ("evening", NOW, None, "")
    assert sealing.open_seal(one.seal_id) == {"number": NUMBER, "name": "王女士", "about": "路灯"}
    # No keyed hash: the request is not found by its number, nor tied to a submission (H1).
    assert not SealedText.objects.filter(seal=one.seal, index__isnull=False).exists()
    assert ask().status_code == 302


def test_pressed_twice_it_is_one_request(city: City) -> None:
    client = visitor()
    form = form_of(client.get(URL), URL) | {"number": NUMBER}
    assert [client.post(URL, form).status_code for _ in range(3)] == [302] * 3
    assert CallRequest.objects.count() == 1
    assert ask(client).status_code == 302
    assert CallRequest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_portals_role_puts_a_request_in_and_can_read_none(city: City) -> None:
    client = visitor()
    form = form_of(client.get(URL), URL) | {"number": NUMBER}
    with as_portal():
        assert current_user() == "yipanqi_portal"
        assert [client.post(URL, form).status_code for _ in range(2)] == [302, 302]
    assert CallRequest.objects.count() == 1


@pytest.mark.parametrize(
    "typed", [{"number": ""}, {"number": "call me"}, {"about": "x" * 201}, {"suits": "night"}]
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(city: City, typed: dict[str, str]) -> None:
    answer = ask(name="王女士", **typed)
    assert answer.status_code == 422
    assert form_of(answer, URL)["name"] == "王女士"
    assert CallRequest.objects.count() == 0


def test_a_token_that_nobody_signed_opens_nothing(city: City) -> None:
    answer = visitor().post(URL, {"number": NUMBER, "token": "x"})
    assert answer.status_code == 422
    assert form_of(answer, URL)["number"] == NUMBER
    assert CallRequest.objects.count() == 0


def test_nobody_has_the_hotline_dial_for_ever(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_me, "ASKED", (("network", 2), ("all", 3)))
    assert [ask().status_code for _ in range(3)] == [302, 302, 429]
    elsewhere = [ask(visitor(REMOTE_ADDR=f"203.0.{n}.7")).status_code for n in range(3)]
    assert elsewhere == [302, 429, 429]
    assert CallRequest.objects.count() == 3
    assert b"199" not in b"".join(bytes(a.key) for a in Attempt.objects.all())


def test_from_the_tracking_page_the_call_is_about_that_case(city: City) -> None:
    filed = file(city, at=NOW)
    client = tracking(filed)
    link = f"{URL}?reference={filed.reference}"
    assert link in text_of(client.get(case_url(filed)))
    page = client.get(link)
    assert client.post(URL, form_of(page, URL) | {"number": NUMBER}).status_code == 302
    assert CallRequest.objects.get().submission == filed.submission
    # Whoever has not shown the secret learns and ties nothing.
    other = visitor()
    page = other.get(link)
    assert filed.reference not in text_of(page)
    other.post(URL, form_of(page, URL) | {"number": NUMBER, "reference": filed.reference})
    assert CallRequest.objects.filter(submission__isnull=True).count() == 1


def test_an_anonymous_submitter_is_told_what_a_number_means(city: City) -> None:
    filed = file(city, at=NOW, anonymity="anonymous")
    page = tracking(filed, EN).get(f"{URL}?reference={filed.reference}")
    assert "You filed anonymously" in text_of(page)


def test_the_page_promises_no_hour_and_names_the_number_to_call(city: City) -> None:
    noted = text_of(visitor(EN).get(f"{URL}?noted=1"))
    assert "in its working hours" in noted
    assert "tel:053100000000" in noted
    assert reverse("portal:leave") in noted
    assert noted.count("data-leave") == 1


def test_who_switches_on_the_way_keeps_what_was_typed(city: City) -> None:
    page = text_of(ask(number="不会写", language="en"))
    assert "Please telephone me" in page
    assert 'value="不会写"' in page
    assert "field-error" not in page, "nothing was sent yet"
    assert "data-elder" in text_of(ask(elder="1"))
    assert not CallRequest.objects.exists()
