"""Several who have one thing to say (信访工作条例 20): representatives of a visit, a joint letter, a second agent; by name under
the seal alone, and opened with the identity."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, ZH, page_of, signed_in, text_of
from tests.web.portal_helpers import ANSWERS, Filing, codes, visitor
from tests.web.test_desk_intake import said
from yipanqi.cases.models import Case, Submission
from yipanqi.cases.persons import REPRESENTATIVES, Gathering, gathering, listed
from yipanqi.core import sealing
from yipanqi.core.models import MovePayload, SealedText
from yipanqi.web.portal.draft import Draft

pytestmark = pytest.mark.django_db
PORTAL_ALONE = pytest.mark.urls("config.urls_portal")
OTHERS = "乙某 199 0000 0012\n丙某，199 0000 0013\n丁某、戊某"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


def take_in(city: City, **more: str) -> Any:
    given = said(**({"kind": "claim"} | more))
    return signed_in(city, "clerk").post(reverse("desk:intake"), given)


def sealed() -> dict[str, str]:
    return sealing.open_seal(Submission.objects.get().seal_id)


# --- who is listed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("", []),
        (" \n，, ", []),
        ("199 0000 0001", []),
        ("乙某", ["乙某"]),
        ("乙某，199 0000 0012；丙某", ["乙某 199 0000 0012", "丙某"]),
        ("乙某 199\r\n甲某 199 0000 0001", ["乙某 199"]),
    ],
)
def test_a_list_is_read_as_people_write_it(text: str, people: list[str]) -> None:
    assert listed(text, "甲某") == people


# --- a visit ---------------------------------------------------------------------------------------------------------


def test_a_visit_names_five_representatives_and_no_more(city: City) -> None:
    refused = take_in(city, channel="visit", representatives=f"{OTHERS}、己某")
    page = text_of(refused)
    assert refused.status_code == 422
    assert "来访的代表最多 5 名（信访工作条例 20），现在连同登记的这一位是 6 名" in page
    assert "戊某、己某</textarea>" in page
    assert re.search(r"<details[^>]* open[^>]*><summary>几个人一起来的", page)
    assert not Submission.objects.exists()
    assert take_in(city, channel="visit", representatives=OTHERS).status_code == 200
    assert sealed()["representatives"] == OTHERS


def test_the_number_is_a_value_with_its_source(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (REPRESENTATIVES.amount, str(REPRESENTATIVES.basis)) == (5, "信访工作条例 20")
    monkeypatch.setattr(
        "yipanqi.cases.persons.REPRESENTATIVES", type(REPRESENTATIVES)(3, REPRESENTATIVES.basis)
    )
    assert "最多 3 名" in text_of(take_in(city, channel="visit", representatives=OTHERS))


@pytest.mark.parametrize("channel", ["phone", "paper"])
def test_representatives_are_for_visits_alone(city: City, channel: str) -> None:
    refused = take_in(city, channel=channel, representatives="乙某")
    assert refused.status_code == 422
    assert "推选代表只用于来访" in text_of(refused)
    assert not Submission.objects.exists()


def test_what_is_typed_is_kept_in_english_too(city: City) -> None:
    given = said(kind="claim", channel="visit", representatives=f"{OTHERS}、己某")
    page = text_of(signed_in(city, "clerk", EN).post(reverse("desk:intake"), given))
    assert "At most 5 representatives come with a visit" in page
    assert "己某</textarea>" in page


# --- a joint letter --------------------------------------------------------------------------------------------------


def test_a_joint_letter_is_one_case_with_a_contact_who_gets_the_reply(city: City) -> None:
    refused = take_in(city, channel="paper", signatories=OTHERS, phone="")
    assert refused.status_code == 422
    assert "联名的要有一位联系人" in text_of(refused)
    assert take_in(city, channel="paper", signatories=OTHERS).status_code == 200
    assert Case.objects.count() == 1
    assert (sealed()["signatories"], sealed()["name"]) == (OTHERS, "甲某")


@pytest.mark.parametrize(("others", "told"), [(3, "联名信，4 人"), (4, "联名信，5 人（集体）")])
def test_so_many_are_a_collective(city: City, others: int, told: str) -> None:
    names = "\n".join(f"{sign}某" for sign in "乙丙丁戊"[:others])
    take_in(city, channel="paper", signatories=names)
    page = page_of(city, "clerk", Case.objects.get().pk)
    assert told in page
    assert ("集体" in page) == ("集体" in told)


@pytest.mark.parametrize("field", ["representatives", "signatories"])
def test_whoever_is_anonymous_names_nobody_else(city: City, field: str) -> None:
    more = {"anonymity": "anonymous", "name": "", "phone": "", field: "乙某"}
    refused = take_in(city, channel="visit", **more)
    assert refused.status_code == 422
    assert "匿名提交不能带别人的姓名" in text_of(refused)
    assert not Submission.objects.exists()


# --- under the seal --------------------------------------------------------------------------------------------------


def test_their_names_stand_under_the_seal_alone_and_open_with_the_identity(city: City) -> None:
    take_in(city, channel="visit", representatives=OTHERS)
    case, clerk = Case.objects.get(), city.actor("clerk")
    closed = page_of(city, "clerk", case.pk)
    assert "走访代表 5 名" in closed
    assert "乙某" not in closed
    clear = {"title": "路灯", "text": "路灯不亮", "category": "lamps", "area": city.area.pk}
    take(case.pk, "clear", clerk, NOW, **clear)
    take(case.pk, "route", clerk, NOW, unit="lamps")
    assert "乙某" not in page_of(city, "insider", case.pk)
    take(case.pk, "open_identity", city.actor("insider"), NOW, purpose="contact")
    opened = page_of(city, "insider", case.pk)
    for one in ("其他代表", "乙某 199 0000 0012", "丙某 199 0000 0013", "戊某"):
        assert one in opened
    for login in ("clerk", "colleague", "deputy"):
        response = signed_in(city, login).get(reverse("desk:matter", args=[case.pk]))
        assert "乙某" not in text_of(response)
    assert not any("乙某" in body for body in MovePayload.objects.values_list("body", flat=True))
    assert not any("乙某".encode() in bytes(row.ciphertext) for row in SealedText.objects.all())


def test_a_number_of_theirs_finds_nothing(city: City) -> None:
    take_in(city, channel="visit", representatives=OTHERS)
    assert set(SealedText.objects.filter(index__isnull=False).values_list("name", flat=True)) == {"phone"}


# --- agents ----------------------------------------------------------------------------------------------------------


HELPS = {"relation": "helper", "person": "庚某", "how": "written", "agreed": "on"}


def test_at_most_two_agents_speak_for_somebody(city: City) -> None:
    refused = take_in(city, second_agent="乙某、丙某", **HELPS)
    assert refused.status_code == 422
    assert "代办人最多 2 名（山东省信访条例 28），现在连同登记的这一位是 3 名" in text_of(refused)
    assert take_in(city, second_agent="乙某 199 0000 0012", **HELPS).status_code == 200
    assert sealed()["second_agent"] == "乙某 199 0000 0012"


def test_nobody_is_the_agent_of_whoever_speaks_for_themselves(city: City) -> None:
    assert "只有替别人反映的才有代办人" in text_of(take_in(city, second_agent="乙某"))
    assert not Submission.objects.exists()


def test_a_claim_is_brought_with_a_mandate_in_writing(city: City) -> None:
    refused = take_in(city, **(HELPS | {"how": "oral"}))
    assert refused.status_code == 422
    assert "书面委托书" in text_of(refused)
    assert take_in(city, **(HELPS | {"how": "oral"}), kind="order").status_code == 200


def test_an_agent_whose_mandate_ended_is_named_no_more(city: City) -> None:
    take_in(city, second_agent="乙某", **HELPS)
    case, clerk = Case.objects.get(), city.actor("clerk")
    take(case.pk, "open_identity", clerk, NOW, purpose="contact")
    assert "乙某" in page_of(city, "clerk", case.pk)
    take(case.pk, "end_mandate", clerk, NOW, purpose="own_wish", checked="counter")
    assert "乙某" not in page_of(city, "clerk", case.pk)


# --- the portal ------------------------------------------------------------------------------------------------------


def to_contact(relation: str, anonymity: str = "named", language: str = ZH) -> Filing:
    filing = Filing(visitor(language), "claim")
    for page in ("what", "where", "files"):
        filing.press(**ANSWERS[page])
    filing.press(anonymity=anonymity, relation=relation)
    return filing


@PORTAL_ALONE
def test_whoever_files_alone_meets_seven_pages(city: City) -> None:
    filing = to_contact("self")
    assert len(Draft({"anonymity": "named", "relation": "self"}).pages) == 7
    filing.press(**ANSWERS["contact"])
    assert filing.page == "check"
    assert 'name="signatories"' not in text_of(filing.response)


@PORTAL_ALONE
@pytest.mark.parametrize("language", [ZH, EN])
def test_those_who_sign_together_say_who_they_are_on_one_page_more(city: City, language: str) -> None:
    filing = to_contact("together", language=language)
    filing.press(**ANSWERS["contact"])
    assert filing.page == "together"
    refused = filing.press(signatories="199 0000 0012")
    assert refused.status_code == 422
    assert "199 0000 0012</textarea>" in text_of(refused)
    filing.press(signatories=OTHERS)
    assert filing.page == "check"
    assert "丙某" in text_of(filing.response)
    codes(filing.press("submit"))
    assert sealed()["signatories"] == OTHERS
    assert gathering(sealed()) == Gathering("joint", 5)


@PORTAL_ALONE
def test_the_reply_needs_somebody_who_can_be_reached(city: City) -> None:
    filing = to_contact("together")
    refused = filing.press(name="甲某", phone="", email="", address="")
    assert refused.status_code == 422
    assert "联名的请留电话、邮箱或地址" in text_of(refused)
    filing.press(phone="199 0000 0001")
    assert filing.page == "together"


@PORTAL_ALONE
def test_nobody_signs_together_without_a_name(city: City) -> None:
    filing = to_contact("together", "anonymous")
    assert filing.page == "known"
    assert "不能匿名" in text_of(filing.response)


@PORTAL_ALONE
def test_back_to_oneself_leaves_nobody_elses_name(city: City) -> None:
    filing = to_contact("together")
    filing.press(**ANSWERS["contact"])
    filing.press(signatories=OTHERS)
    filing.press("known")
    filing.press(relation="self")
    assert filing.page == "check"
    assert "乙某" not in text_of(filing.response)
    codes(filing.press("submit"))
    assert "signatories" not in sealed()


@PORTAL_ALONE
def test_somebody_anonymous_files_and_gets_both_codes(city: City) -> None:
    filing = Filing(visitor(), "claim")
    filing.to_check(anonymity="anonymous")
    reference, secret = codes(filing.press("submit"))
    assert reference
    assert secret
    assert not Submission.objects.get().has_contact


def test_somebody_anonymous_is_registered_at_the_counter(city: City) -> None:
    assert take_in(city, channel="visit", anonymity="anonymous", name="", phone="").status_code == 200
    submission = Submission.objects.get()
    assert (submission.anonymity, submission.has_contact) == ("anonymous", False)
    assert set(sealed()) >= {"title", "text"}


@pytest.mark.parametrize("channel", ["phone", "visit"])
def test_what_was_said_is_taken_down_in_their_words_and_read_back(city: City, channel: str) -> None:
    page = text_of(signed_in(city, "clerk").get(reverse("desk:intake")))
    assert "口头说的记完念给本人听" in page
    take_in(city, channel=channel)
    assert Case.objects.get().submission.channel == channel
    assert sealed()["text"] == said()["text"]
