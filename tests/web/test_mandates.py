"""Filing for somebody who cannot: the same pages, a choice, who agrees; and the desk's counterpart."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.access.outlets import as_portal
from tests.factories import City, bring_to, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, ZH, matter_url, post_step, signed_in, text_of
from tests.web.portal_helpers import ANSWERS, Filing, codes, form_of, press_step, tracking, visitor
from tests.web.test_desk_intake import said
from yipanqi.cases.actions import CHILDREN_VERSION, Filed
from yipanqi.cases.models import Case, Mandate, MandateEnd, Submission
from yipanqi.cases.queries import NotProved, find_lost, prove
from yipanqi.core import gate, sealing
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, Move, SealedText

pytestmark = pytest.mark.django_db
PORTAL_ALONE = pytest.mark.urls("config.urls_portal")
GRANDMOTHER, HER_PHONE = "王秀兰", "199 0000 0077"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


def to_contact(relation: str, anonymity: str = "named", language: str = ZH, kind: str = "order") -> Filing:
    filing = Filing(visitor(language), kind)
    for page in ("what", "where", "files"):
        filing.press(**ANSWERS[page])
    filing.press(anonymity=anonymity, relation=relation)
    return filing


def filed_for_another(relation: str = "helper", anonymity: str = "named", **more: str) -> tuple[Filing, Any]:
    filing = to_contact(relation, anonymity)
    contact = {} if anonymity == "anonymous" else {**ANSWERS["contact"], "person": GRANDMOTHER}
    filing.press(**{**contact, "agreed": "on"}, **more)
    assert filing.page == "check", text_of(filing.response)
    return filing, filing.press("submit")


@PORTAL_ALONE
def test_whoever_speaks_for_themselves_meets_no_further_question(city: City) -> None:
    filing = Filing(visitor())
    filing.to_check()
    assert "替我自己" in text_of(filing.response)
    contact = filing.press("contact")
    assert 'name="person"' not in text_of(contact)
    filing.press()
    filing.press("submit")
    assert Submission.objects.count() == 1
    assert Mandate.objects.count() == 0


@PORTAL_ALONE
@pytest.mark.parametrize("language", [ZH, EN])
def test_a_helper_says_for_whom_and_that_they_agree(city: City, language: str) -> None:
    filing = to_contact("helper", language=language)
    refused = filing.press(**ANSWERS["contact"], person="", person_phone="call her")
    page = text_of(refused)
    assert refused.status_code == 422
    for words in {
        ZH: ("请填写您替谁反映", "电话号码只用数字和短横", "请先问过他（她）本人，再勾选"),
        EN: ("Say for whom you speak", "digits", "Ask them first, then tick"),
    }[language]:
        assert words in page
    filing.press(person=GRANDMOTHER, person_phone=HER_PHONE, agreed="on")
    assert filing.page == "check"
    reference, _secret = codes(filing.press("submit"))
    submission = Submission.objects.get(reference=reference)
    assert (submission.mandate.relation, submission.mandate.how) == ("helper", "declared")
    assert submission.mandate.rules == ""
    fields = sealing.open_seal(submission.seal_id)
    assert (fields["person"], fields["person_phone"]) == (GRANDMOTHER, HER_PHONE)


@PORTAL_ALONE
def test_a_guardian_consents_under_the_rules_for_children_and_leaves_no_number_of_the_child(
    city: City,
) -> None:
    filing = to_contact("guardian")
    page = text_of(filing.response)
    assert reverse("portal:children") in page
    assert 'name="person_phone"' not in page
    filing.press(**ANSWERS["contact"], person="小宝")
    assert "由监护人同意，才能替孩子" in text_of(filing.response)
    filing.press(agreed="on", person_phone=HER_PHONE)
    codes(filing.press("submit"))
    mandate = Mandate.objects.get()
    assert (mandate.relation, mandate.rules) == ("guardian", CHILDREN_VERSION)
    assert not SealedText.objects.filter(name="person_phone").exists()
    assert CHILDREN_VERSION in text_of(visitor().get(reverse("portal:children")))


@PORTAL_ALONE
def test_of_an_anonymous_helper_the_relation_alone_is_kept(city: City) -> None:
    filing = to_contact("helper", "anonymous")
    assert filing.page == "contact"
    assert 'name="name"' not in text_of(filing.response)
    assert 'name="person"' not in text_of(filing.response)
    filing.press(agreed="on", person=GRANDMOTHER, person_phone=HER_PHONE)
    assert filing.page == "check"
    codes(filing.press("submit"))
    assert Mandate.objects.get().relation == "helper"
    names = set(SealedText.objects.values_list("name", flat=True))
    assert names & {"name", "phone", "person", "person_phone"} == set()


@PORTAL_ALONE
def test_back_to_oneself_leaves_nothing_of_the_other(city: City) -> None:
    filing = to_contact("helper")
    filing.press(**ANSWERS["contact"], person=GRANDMOTHER, agreed="on")
    filing.press("known")
    filing.press(relation="self")
    assert filing.page == "check"
    assert GRANDMOTHER not in text_of(filing.response)
    filing.press("submit")
    assert Mandate.objects.count() == 0


@PORTAL_ALONE
def test_a_draft_keeps_for_whom_it_is(city: City) -> None:
    filing = to_contact("helper")
    filing.press(go="save", person=GRANDMOTHER)
    page = text_of(filing.response)
    assert "取回码" in page


def test_the_receipt_has_lines_to_write_the_names_on_and_no_name(city: City) -> None:
    from tests.web.test_portal_receipt import words_of

    filing, answer = filed_for_another()
    reference, secret = codes(answer)
    sheet = filing.client.post("/file/receipt", {"reference": reference, "secret": secret, "sheet": "usual"})
    words = words_of(sheet).replace(" ", "")
    assert "替谁（愿意写才写）" in words
    assert GRANDMOTHER not in words
    assert ANSWERS["contact"]["name"].replace(" ", "") not in words


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "请先问过本人，再勾选"),
        ({"agreed": "on", "how": ""}, "请从所列选项中选择"),
        ({"agreed": "on", "person": ""}, "请填写替谁反映"),
        ({"agreed": "on", "relation": ""}, "为自己反映的，不填别人的姓名和电话"),
        ({"agreed": "on", "relation": "neighbour"}, "请从所列选项中选择"),
        ({"agreed": "on", "relation": "guardian", "anonymity": "anonymous", "name": "", "phone": ""}, "匿名提交不能带本人的姓名"),
    ],
)  # fmt: skip
def test_the_desk_refuses_what_the_portal_refuses(city: City, more: dict[str, str], told: str) -> None:
    typed = {"relation": "helper", "how": "oral", "person": GRANDMOTHER, "person_phone": HER_PHONE}
    answer = signed_in(city, "clerk").post(reverse("desk:intake"), said(**(typed | more)))
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert '<details class="disclosure" open' in text_of(answer)
    assert Submission.objects.count() == 0


def taken_in(city: City, **more: str) -> Case:
    typed = {"relation": "helper", "how": "oral", "agreed": "on"}
    typed |= {"person": GRANDMOTHER, "person_phone": HER_PHONE}
    answer = signed_in(city, "clerk").post(reverse("desk:intake"), said(**(typed | more)))
    assert answer.status_code == 200, text_of(answer)
    return Case.objects.latest("pk")


@pytest.mark.parametrize("language", [ZH, EN])
def test_the_case_says_that_somebody_acts_for_another_and_names_nobody(city: City, language: str) -> None:
    case = taken_in(city, how="written")
    bring_to(city, Filed(case.submission, case, ""), "handling", NOW)
    words = {ZH: "替别人反映（看过书面委托书或监护证明）", EN: "Somebody else (written mandate"}[language]
    for login in ("clerk", "insider", "colleague"):
        page = text_of(signed_in(city, login, language).get(matter_url(case.pk)))
        assert words in page, login
        assert GRANDMOTHER not in page, login


def test_an_opened_identity_has_both_and_says_who_is_who(city: City) -> None:
    case = taken_in(city)
    client = signed_in(city, "clerk")
    assert post_step(client, case.pk, "open_identity", purpose="contact").status_code == 302
    page = text_of(client.get(matter_url(case.pk)))
    for words in ("甲某（代办人）", "199 0000 0001", GRANDMOTHER, HER_PHONE):
        assert words in page


def test_a_case_that_nobody_acts_for_another_in_offers_no_taking_over(city: City) -> None:
    answer = signed_in(city, "clerk").post(reverse("desk:intake"), said())
    assert answer.status_code == 200
    case = Case.objects.get()
    page = text_of(signed_in(city, "clerk").get(matter_url(case.pk)))
    assert "本人接手" not in page
    assert "由别人代办" not in page


def test_the_person_concerned_takes_it_over_at_the_counter(city: City) -> None:
    _filing, answer = filed_for_another(person_phone=HER_PHONE)
    reference, old = codes(answer)
    case = Case.objects.get(number=reference)
    client = signed_in(city, "clerk")
    shown = post_step(client, case.pk, "end_mandate", purpose="own_wish", checked="counter")
    page = text_of(shown)
    assert shown.status_code == 200
    assert "代办人的密码作废了" in page
    assert MandateEnd.objects.get().mandate_id == case.submission_id
    move = Move.objects.get(matter=case.pk, step="end_mandate")
    assert move.actor_account == city.accounts["clerk"].pk
    with pytest.raises(NotProved):
        prove(reference=reference, secret=old, network="x", at=NOW)
    client.get(matter_url(case.pk))
    post_step(client, case.pk, "open_identity", purpose="contact")
    page = text_of(client.get(matter_url(case.pk)))
    assert "已结束，由本人自己办" in page
    assert HER_PHONE in page
    assert ANSWERS["contact"]["phone"] not in page
    assert "不要再联系" in page
    person = gate.present(Matter.objects.get(pk=case.pk), city.viewer("clerk"), Channel.DESK).person
    assert (person.phone, person.email, person.person_phone) == ("", "", HER_PHONE)
    assert post_step(client, case.pk, "end_mandate", purpose="own_wish", checked="counter").status_code in (
        404,
        409,
        422,
    )


def test_she_finds_it_by_her_own_number(city: City) -> None:
    case = taken_in(city)
    found = find_lost(phone="19900000077", on=NOW.date(), among=Matter.objects.all())
    assert found == case


@pytest.mark.parametrize("language", [ZH, EN])
def test_a_helper_hands_it_over_and_sees_it_no_more(city: City, language: str) -> None:
    _filing, answer = filed_for_another(person_phone=HER_PHONE)
    reference, secret = codes(answer)
    case = Case.objects.get(number=reference)
    filed = Filed(case.submission, case, reference, secret)
    client = tracking(filed, language)
    page = reverse("portal:case", args=[reference])
    assert {ZH: "替别人（本人知道并同意）", EN: "For somebody else"}[language] in text_of(client.get(page))
    step = reverse("portal:step", args=[reference, "hand_over"])
    assert client.post(step, form_of(client.get(page), step)).status_code == 422, "the tick is missing"
    done = press_step(client, filed, "hand_over", understood="on")
    assert done.status_code == 302
    assert client.get(page).status_code == 302
    told = {ZH: "已交还", EN: "Handed over"}[language]
    assert told in text_of(client.get(reverse("portal:track")))
    with pytest.raises(NotProved):
        prove(reference=reference, secret=secret, network="x", at=NOW)
    # The person concerned gets a secret of their own as whoever lost one does.
    desk = signed_in(city, "clerk")
    assert post_step(desk, case.pk, "reissue_secret", checked="callback").status_code == 200
    assert case.submission.secrets.filter(revoked_at__isnull=True).exclude(issued_by=None).count() == 1


def test_an_anonymous_helper_cannot_hand_over_what_nobody_could_be_given(city: City) -> None:
    _filing, answer = filed_for_another(anonymity="anonymous")
    reference, secret = codes(answer)
    case = Case.objects.get(number=reference)
    client = tracking(Filed(case.submission, case, reference, secret))
    assert "hand_over" not in text_of(client.get(reverse("portal:case", args=[reference])))
    assert "end_mandate" not in text_of(signed_in(city, "clerk").get(matter_url(case.pk)))


@pytest.mark.django_db(transaction=True)
def test_the_portals_role_can_do_all_of_it(settings: Any) -> None:
    make_city()
    settings.ROOT_URLCONF, settings.SESSION_ENGINE = "config.urls_portal", "yipanqi.web.portal.sessions"
    with as_portal():
        _filing, answer = filed_for_another()
        reference, secret = codes(answer)
        case = Case.objects.get(number=reference)
        filed = Filed(case.submission, case, reference, secret)
        client = tracking(filed)
        assert press_step(client, filed, "hand_over", understood="on").status_code == 302
        assert client.get(reverse("portal:case", args=[reference])).status_code == 302
    assert MandateEnd.objects.count() == 1
