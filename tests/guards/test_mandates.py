"""A helper's name and the name of whoever they help stay as sealed as a submitter's; what has been taken over opens nothing
to the helper and tells them nothing; and nobody can be looked up by whom they helped (H1, peers 12)."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import City, add_caller, bring_to, file, make_city, take
from tests.web.desk_helpers import EN, NOW, ZH, matter_url, post_step, signed_in, text_of
from tests.web.portal_helpers import case_url, press_step, step_url, tracking, visitor
from yipanqi.cases.actions import Filed, ForAnother, Words
from yipanqi.cases.models import Mandate, MandateEnd
from yipanqi.core.errors import Refused
from yipanqi.core.models import AccessLog, Change, Matter, Move, SearchEntry
from yipanqi.insight.calls import may_call
from yipanqi.notices.actions import tell
from yipanqi.notices.delivery import deliver
from yipanqi.notices.models import Message

pytestmark = pytest.mark.django_db

WORDS = Words(
    title="路灯不亮",
    text="示例路三号杆的路灯不亮一周了。",
    name="代某某",
    phone="199 0000 0041",
    email="helper@example.com",
    person="替某某",
    person_phone="199 0000 0042",
)
NAMES = (WORDS.name, WORDS.phone, WORDS.email, WORDS.person, WORDS.person_phone)
HELPER = ForAnother("helper", "declared", agreed=True)
PAGES = ("desk:queue", "desk:notices", "desk:calls", "desk:supervision", "desk:board", "desk:approvals")


def filed_by_a_helper(city: City, **more: Any) -> Filed:
    return file(city, at=NOW, words=WORDS, mandate=HELPER, **more)


def hand_over(filed: Filed) -> Client:
    client = tracking(filed)
    assert press_step(client, filed, "hand_over", understood="on").status_code == 302
    return client


@pytest.mark.parametrize("anonymity", ["named", "hidden"])
def test_no_list_no_other_unit_and_no_log_has_a_name(
    anonymity: str, caplog: pytest.LogCaptureFixture
) -> None:
    city = add_caller(make_city(NOW))
    filed = filed_by_a_helper(city, anonymity=anonymity)
    with caplog.at_level(logging.DEBUG):
        bring_to(city, filed, "served", NOW)
        hand_over(filed)
        for login in (*city.accounts,):
            client = signed_in(city, login)
            addresses = [*(reverse(name) for name in PAGES), matter_url(filed.case.pk)]
            addresses += [f"{reverse('desk:queue')}?whose=all&q={WORDS.person}"]
            for address in addresses:
                answer = client.get(address)
                shown = text_of(answer).replace(f'value="{WORDS.person}"', "")
                assert not [name for name in NAMES if name in shown], (login, address)
                assert not [name for name in NAMES if name in str(answer.headers)], (login, address)
    assert not [name for name in NAMES if name in caplog.text]


def test_nothing_in_clear_has_a_name() -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    bring_to(city, filed, "answered", NOW)
    take(filed.case.pk, "open_identity", city.actor("clerk"), NOW, purpose="contact")
    take(filed.case.pk, "end_mandate", city.actor("clerk"), NOW, purpose="own_wish", checked="counter")
    for model in apps.get_models():
        if model.__module__.startswith("yipanqi."):
            rows = str(list(model._default_manager.values()))
            assert not [name for name in NAMES if name in rows], model
    columns = {field.name for field in (*Mandate._meta.concrete_fields, *MandateEnd._meta.concrete_fields)}
    assert columns == {"submission", "relation", "how", "rules", "mandate", "at", "secret"}


@pytest.mark.parametrize("login", ["insider", "clerk"])
def test_a_hidden_or_helped_person_is_known_to_those_alone_who_may_know_the_submitter(login: str) -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city, anonymity="hidden")
    bring_to(city, filed, "handling", NOW)
    client = signed_in(city, login)
    answer = post_step(client, filed.case.pk, "open_identity", purpose="contact")
    page = text_of(client.get(matter_url(filed.case.pk)))
    knows = login == "clerk"
    assert (answer.status_code == 302) == knows
    assert (WORDS.person in page) == knows
    assert (WORDS.name in page) == knows


def _plain(answer: Any, typed: str) -> str:
    """A page without what was typed into it and the token of its forms."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text_of(answer))
    return text.replace(typed, "")


def test_a_secret_that_was_handed_over_opens_nothing_and_says_nothing() -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    other = tracking(filed)  # a second device of the helper's
    first = hand_over(filed)
    wrong = visitor().post(reverse("portal:track"), {"reference": filed.reference, "secret": "0" * 16})
    void = visitor().post(reverse("portal:track"), {"reference": filed.reference, "secret": filed.secret})
    assert (void.status_code, _plain(void, filed.secret)) == (wrong.status_code, _plain(wrong, "0" * 16))
    for client in (first, other):
        assert client.get(case_url(filed))["Location"].startswith(reverse("portal:track"))
        assert client.post(step_url(filed, "withdraw"), {"seen": "1"})["Location"].startswith("/track/")
        sheet = reverse("portal:case_receipt", args=[filed.reference, "usual"])
        assert client.get(sheet)["Location"].startswith("/track/")
        client.post(reverse("portal:messages", args=[filed.reference]), {"silent": "0"})
    answer = visitor().post(
        "/api/v1/track",
        f'{{"reference": "{filed.reference}", "secret": "{filed.secret}"}}',
        content_type="application/json",
    )
    assert answer.status_code in (403, 404)
    assert Matter.objects.get(pk=filed.case.pk).state == "registered"


@pytest.mark.parametrize("language", [ZH, EN])
def test_her_own_secret_opens_what_the_helper_was_shown_and_tells_that_it_ended(language: str) -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    hand_over(filed)
    desk = signed_in(city, "clerk")
    page = text_of(post_step(desk, filed.case.pk, "reissue_secret", checked="counter"))
    secret = re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)[-1]
    client = tracking(Filed(filed.submission, filed.case, filed.reference, secret), language)
    page = text_of(client.get(case_url(filed)))
    assert {ZH: "代办人把这件事交还本人", EN: "handed it over"}[language] in page
    assert {ZH: "现在由本人自己办", EN: "in the person"}[language] in page
    assert reverse("portal:messages", args=[filed.reference]) not in page
    assert not [name for name in NAMES if name in page]


def messages_after(city: City, filed: Filed) -> int:
    """How many messages what follows sends."""
    before = Message.objects.filter(state=Message.SENT).count()
    bring_to(city, filed, "handling", NOW)
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    deliver(at=NOW)
    return Message.objects.filter(state=Message.SENT).count() - before


def test_whoever_handed_it_over_is_told_nothing_more() -> None:
    city = make_city(NOW)
    kept, given = filed_by_a_helper(city), filed_by_a_helper(city)
    # What waits to be sent when it is handed over is not sent either.
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    hand_over(given)
    deliver(at=NOW)
    assert Message.objects.get(submission=given.submission).state == Message.DROPPED
    assert messages_after(city, given) == 0
    assert messages_after(city, kept) > 0


def test_whoever_handed_it_over_is_not_called_and_the_person_concerned_is() -> None:
    city = add_caller(make_city(NOW))
    alone = Words(**{**WORDS.__dict__, "person_phone": ""})
    whom = {
        "helper": filed_by_a_helper(city),
        "her own": filed_by_a_helper(city),
        "nobody": file(city, at=NOW, words=alone, mandate=HELPER),
    }
    for name, filed in whom.items():
        bring_to(city, filed, "served", NOW)
        if name != "helper":
            hand_over(filed)
    caller = city.viewer("caller")
    assert {name for name, f in whom.items() if may_call(f.case.pk, caller, NOW)} == {"helper", "her own"}
    client = signed_in(city, "caller")
    for name, shown in (("helper", True), ("her own", False)):
        url = reverse("desk:call", args=[whom[name].case.pk])
        page = text_of(client.get(url))
        assert ("先打给本人" in page) == shown
        assert ("不要打给原来代办的人" in page) != shown
        client.post(f"{url}?step=open_identity", {"purpose": "contact", "seen": "99"})
        take(whom[name].case.pk, "open_identity", city.actor("caller"), NOW, purpose="contact")
        page = text_of(client.get(url))
        assert WORDS.person_phone in page
        assert (WORDS.phone in page) == shown
        assert (WORDS.email in page) == shown


def test_only_the_submitter_hands_over_and_only_intake_takes_over() -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    bring_to(city, filed, "handling", NOW)
    for login in ("insider", "auditor", "callback", "deputy", "stranger", "sysadmin"):
        with pytest.raises(Refused):
            take(filed.case.pk, "end_mandate", city.actor(login), NOW, purpose="own_wish", checked="counter")
    with pytest.raises(Refused):
        take(filed.case.pk, "hand_over", city.actor("clerk"), NOW, understood="on")
    assert MandateEnd.objects.count() == 0


def test_it_ends_for_every_case_of_the_submission() -> None:
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    take(
        filed.case.pk,
        "clear",
        city.actor("clerk"),
        NOW,
        title="路灯",
        text="灯",
        category="lamps",
        area=city.area.pk,
    )
    take(
        filed.case.pk,
        "split",
        city.actor("clerk"),
        NOW,
        title="树",
        text="树",
        category="lamps",
        area=city.area.pk,
    )
    part = filed.submission.cases.exclude(pk=filed.case.pk).get()
    client = tracking(filed)
    address = reverse("portal:case", args=[part.number])
    assert client.get(address).status_code == 200
    take(part.pk, "end_mandate", city.actor("clerk"), NOW, purpose="own_wish", checked="counter")
    assert client.get(address).status_code == 302
    assert client.get(case_url(filed)).status_code == 302


def test_no_query_counts_or_finds_by_helper() -> None:
    """No column of a mandate has a person, no index leads from a relation to cases, and search knows of neither."""
    city = make_city(NOW)
    filed = filed_by_a_helper(city)
    bring_to(city, filed, "handling", NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'cases_mandate'"
        )
        indexes = " ".join(row[0] for row in cursor.fetchall())
    assert "relation" not in indexes
    assert "how" not in indexes.split("USING")[-1]
    assert not [name for name in NAMES if name in str(list(SearchEntry.objects.values()))]
    assert not [name for name in NAMES if name in str(list(AccessLog.objects.values()))]
    assert not [name for name in NAMES if name in str(list(Change.objects.values()))]
