"""No messages, please: at filing on the portal, at the desk and by the interface, and later on the tracking page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.outlets import as_portal
from tests.factories import City, file, make_city
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from tests.web.portal_helpers import visitor
from yipanqi.cases.actions import Filed, Words
from yipanqi.cases.models import Submission
from yipanqi.notices.models import Silence
from yipanqi.web.portal.draft import new_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WORDS = Words("路灯不亮", "三号杆不亮", name="甲某", email="zqsenm00@home.example")


@pytest.fixture
def city() -> City:
    return make_city()


def silent() -> list[bool]:
    return [
        Silence.objects.filter(submission=s).exists()
        for s in Submission.objects.order_by("received_at", "pk")
    ]


def on_portal(**more: str) -> Any:
    typed = {
        "kind": "order",
        "title": "路灯不亮",
        "text": "三号杆不亮",
        "anonymity": "named",
        "name": "甲某",
        "email": WORDS.email,
    }
    return visitor().post(
        reverse("portal:file"),
        {**typed, "token": new_token(), "page": "check", "checked": "1", "go": "submit"} | more,
    )


@pytest.mark.parametrize(("more", "expected"), [({}, False), ({"no_notices": "on"}, True)])
def test_the_tick_of_the_contact_page_is_kept_with_the_submission(
    city: City, more: dict[str, str], expected: bool
) -> None:
    assert on_portal(**more).status_code == 200
    assert silent() == [expected]


def test_the_answers_to_check_say_what_was_ticked(city: City) -> None:
    for language, tick, words in (("zh-hans", "on", "不要给我发消息"), (EN, "on", "Send me no messages")):
        page = text_of(
            visitor(language).post(
                reverse("portal:file"),
                {
                    "kind": "order",
                    "title": "路灯不亮",
                    "text": "三号杆不亮",
                    "anonymity": "named",
                    "name": "甲某",
                    "page": "contact",
                    "go": "next",
                    "no_notices": tick,
                },
            )
        )
        assert words in page
        assert 'name="no_notices" value="on"' in page
        assert f"<dt>{words}</dt><dd>{'是' if language == 'zh-hans' else 'yes'}</dd>" in page


def test_whoever_is_anonymous_is_asked_nothing_of_it(city: City) -> None:
    page = text_of(on_portal(anonymity="anonymous", name="", email="", go="back", page="check"))
    assert "不要给我发消息" not in page


@pytest.mark.parametrize(("more", "expected"), [({}, False), ({"no_notices": "on"}, True)])
def test_the_desk_asks_too(city: City, more: dict[str, str], expected: bool) -> None:
    typed = {
        "channel": "phone",
        "kind": "order",
        "title": "路灯不亮",
        "text": "三号杆不亮",
        "anonymity": "named",
        "name": "甲某",
    }
    assert signed_in(city, "clerk").post(reverse("desk:intake"), typed | more).status_code == 200
    assert silent() == [expected]


@pytest.mark.parametrize(
    ("given", "status"), [(None, 201), (False, 201), (True, 201), ("yes", 422), (1, 422)]
)
def test_so_does_the_interface(city: City, given: object, status: int) -> None:
    body: dict[str, object] = {"kind": "order", "title": "路灯不亮", "text": "三号杆不亮"}
    if given is not None:
        body["no_notices"] = given
    response = Client().post("/api/v1/submissions", json.dumps(body), content_type="application/json")
    assert response.status_code == status
    assert silent() == ([given is True] if status == 201 else [])


def tracking(filed: Filed, language: str = "zh-hans") -> Client:
    client = visitor(language)
    client.post(reverse("portal:track"), {"reference": filed.reference, "secret": filed.secret})
    return client


@pytest.mark.parametrize(
    ("language", "off", "on"),
    [
        ("zh-hans", "不要再给我发消息", "恢复给我发消息"),
        (EN, "Send me no more messages", "Send me messages again"),
    ],
)
def test_the_tracking_page_turns_messages_off_and_on(city: City, language: str, off: str, on: str) -> None:
    filed = file(city, at=NOW, words=WORDS)
    client, page = tracking(filed, language), reverse("portal:case", args=[filed.reference])
    url = reverse("portal:messages", args=[filed.reference])
    assert off in text_of(client.get(page))
    for value, shown, expected in (("1", on, True), ("1", on, True), ("0", off, False)):
        assert client.post(url, {"silent": value})["Location"] == page
        assert silent() == [expected]
        assert shown in text_of(client.get(page))
    assert client.get(url)["Location"] == page


def test_nothing_is_asked_where_there_is_nothing_to_send_to(city: City) -> None:
    filed = file(city, at=NOW, anonymity="anonymous")
    client = tracking(filed)
    assert "发消息" not in text_of(client.get(reverse("portal:case", args=[filed.reference])))
    client.post(reverse("portal:messages", args=[filed.reference]), {"silent": "1"})
    assert silent() == [False]


def test_without_the_secret_nothing_is_changed_and_nothing_told(city: City) -> None:
    filed = file(city, at=NOW, words=WORDS)
    known = visitor().post(reverse("portal:messages", args=[filed.reference]), {"silent": "1"})
    unknown = visitor().post(reverse("portal:messages", args=["2222-2222-2"]), {"silent": "1"})
    assert known.status_code == unknown.status_code == 302
    assert known["Location"].replace(filed.reference, "2222-2222-2") == unknown["Location"]
    assert silent() == [False]


@pytest.mark.django_db(transaction=True)
def test_the_portals_role_can_do_all_of_it_and_put_in_the_job(settings: Any) -> None:
    city = make_city()
    settings.ROOT_URLCONF, settings.SESSION_ENGINE = "config.urls_portal", "yipanqi.web.portal.sessions"
    with as_portal():
        assert on_portal().status_code == 200
        filed = file(city, at=NOW, words=WORDS)
        client = tracking(filed)
        client.post(reverse("portal:messages", args=[filed.reference]), {"silent": "1"})
        assert "恢复给我发消息" in text_of(client.get(reverse("portal:case", args=[filed.reference])))
    assert sorted(silent()) == [False, True]
