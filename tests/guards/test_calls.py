"""H3 to H6 where people are telephoned: who wants no messages is not called, a message or page about a call says nothing
of the matter, who opened a number is told as unit, post and purpose, and the list tells no handler who has judged."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from tests.factories import DAY, City, add_caller, make_city, submitter, take
from tests.standing import standing
from tests.web.desk_helpers import EN, NOW, ZH, case_in, matter_url, page_of, signed_in, text_of
from tests.web.portal_helpers import case_url, form_of, tracking
from yipanqi.cases.actions import Filed, ask_to_be_called
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter
from yipanqi.core.veil import told
from yipanqi.insight import calls
from yipanqi.notices import texts
from yipanqi.notices.actions import set_silence, tell
from yipanqi.notices.models import Message
from yipanqi.organisations.actions import appoint
from yipanqi.organisations.models import Posting

pytestmark = pytest.mark.django_db


@standing
def place() -> tuple[City, Filed]:
    city = add_caller(make_city(NOW))
    return city, case_in(city, "served")


@pytest.fixture
def here() -> tuple[City, Filed]:
    return place()


def on_list(city: City, login: str = "caller") -> list[Any]:
    return [call.row.id for call in calls.page(city.viewer(login), NOW).calls if call.row]


# --- H3 ----------------------------------------------------------------------------------------------------------------


def test_h3_whoever_wants_no_messages_is_not_called_back(here: tuple[City, Filed]) -> None:
    city, filed = here
    assert on_list(city) == [filed.case.pk]
    set_silence(submission=filed.submission, silent=True)
    assert on_list(city) == []
    set_silence(submission=filed.submission, silent=False)
    assert on_list(city) == [filed.case.pk]


@pytest.mark.parametrize("language", [ZH, EN])
def test_h3_the_page_that_asks_for_a_call_says_nothing_of_the_matter(
    here: tuple[City, Filed], language: str
) -> None:
    _city, filed = here
    client = tracking(filed, language)
    for address in (
        f"/call-me/?reference={filed.reference}",
        f"/call-me/?noted=1&reference={filed.reference}",
    ):
        page = client.get(address)
        shown = text_of(page)
        assert "路灯" not in shown
        assert 'href="/leave/"' in shown
        assert "no-store" in page["Cache-Control"]


def test_h3_a_call_that_led_to_nothing_sends_no_message(here: tuple[City, Filed]) -> None:
    city, filed = here
    take(filed.case.pk, "log_call", city.actor("caller"), NOW, outcome="no_answer")
    move = filed.case.matter.moves.latest("number")
    tell(moves=[move.pk], at=NOW)
    assert not Message.objects.filter(move=move).exists()


# --- H4 ----------------------------------------------------------------------------------------------------------------


def test_h4_who_opened_a_number_to_call_is_told_as_unit_post_and_purpose(here: tuple[City, Filed]) -> None:
    city, filed = here
    url, action = f"/desk/calls/{filed.case.pk}/", "?step=open_identity"
    client = signed_in(city, "caller")
    client.post(url + action, form_of(client.get(url), action) | {"purpose": "contact"})
    page = text_of(tracking(filed).get(case_url(filed)))
    for said in ("示例热线", "caller岗", "联系本人了解情况"):
        assert said in page, said
    assert "示例caller" not in page


# --- H5 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["note", "urge", "report_abuse"])
def test_h5_what_units_write_about_somebody_is_on_no_page_of_theirs(
    here: tuple[City, Filed], step: str
) -> None:
    city = here[0]
    filed = case_in(city, "handling")
    words = {
        "note": {"text": "住三号楼的那位"},
        "urge": {"line": "住三号楼的那位"},
        "report_abuse": {"what": "住三号楼的那位"},
    }
    take(filed.case.pk, step, city.actor("clerk" if step == "urge" else "insider"), NOW, **words[step])
    assert "住三号楼的那位" not in text_of(tracking(filed).get(case_url(filed)))
    assert "住三号楼的那位" in page_of(city, "insider", filed.case.pk)


def test_h5_what_is_said_on_a_verdict_by_telephone_is_looked_at_once_more(here: tuple[City, Filed]) -> None:
    city, filed = here
    url, action = f"/desk/calls/{filed.case.pk}/", "?step=record_verdict"
    client = signed_in(city, "caller")
    typed = {"solved": "no", "grade": "not_satisfied", "comment": "我是王小明，电话 13812345678"}
    answer = client.post(url + action, form_of(client.get(url), action) | typed)
    assert answer.status_code == 422
    assert "words_checked" in text_of(answer)


# --- H6 ----------------------------------------------------------------------------------------------------------------


def test_h6_nobody_who_handles_a_case_sees_on_the_list_that_it_was_judged(here: tuple[City, Filed]) -> None:
    """Somebody may have posts at two units: with one at the unit that handles it, what leaves the list would tell."""
    city, filed = here
    account = city.accounts["caller"]
    role = Posting.objects.select_related("role").get(account=city.accounts["insider"]).role
    appoint(rows=[(account, role, city.units["lamps"], "兼任", "also")], valid_from=DAY, by=None, at=city.at)
    assert on_list(city) == []
    assert signed_in(city, "caller").get(f"/desk/calls/{filed.case.pk}/").status_code == 302
    assert calls.count(city.viewer("caller"), NOW).number == 0


def test_h6_a_call_that_led_to_nothing_tells_the_handler_nothing(here: tuple[City, Filed]) -> None:
    """That somebody was called in vain says that they have not judged yet."""
    city, filed = here
    before = told(Matter.objects.get(pk=filed.case.pk))
    page = page_of(city, "insider", filed.case.pk)
    take(filed.case.pk, "log_call", city.actor("caller"), NOW, outcome="no_answer")
    assert told(Matter.objects.get(pk=filed.case.pk)) == before
    after = page_of(city, "insider", filed.case.pk)
    assert after.count("<li") == page.count("<li")
    assert "Note a call" not in after


def test_h6_no_page_of_a_call_shows_how_somebody_judged(here: tuple[City, Filed]) -> None:
    city, filed = here
    verdict = {"solved": "no", "grade": "not_satisfied", "comment": "敷衍了事"}
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **verdict)
    for login in ("caller", "clerk", "deputy"):
        for address in (
            "/desk/calls/",
            f"/desk/calls/{filed.case.pk}/",
            matter_url(filed.case.pk),
            "/desk/approvals/",
        ):
            assert "敷衍了事" not in text_of(signed_in(city, login).get(address, follow=True))


@pytest.mark.parametrize(
    "body",
    [
        "请您给个好评，谢谢。",
        "麻烦您打满意。",
        "希望您能给五星",
        "Please give us a good grade.",
        "Please say satisfied.",
    ],
)
def test_h6_no_script_begs_for_a_good_verdict(body: str) -> None:
    for code in (texts.CALL_BACK, texts.CALL, texts.NEWS):
        with translation.override("zh-hans"), pytest.raises(Refused) as refusal:
            texts.clean(code, dict.fromkeys(texts.LONGEST, "示例") | {"body_zh": body})
        assert "body_zh" in refusal.value.fields


def test_h6_the_scripts_that_come_with_the_product_do_not_beg() -> None:
    for code in texts.CODES:
        text = texts.default(code)
        assert texts.faults(code, {name: getattr(text, name) for name in texts.LONGEST}) == {}
    assert "不满意" in texts.default(texts.CALL_BACK).body_zh


def test_h6_the_link_to_judge_comes_from_the_system_alone(here: tuple[City, Filed]) -> None:
    """No page of staff holds an address by which somebody judges, nor the secret that would open it."""
    city, filed = here
    for login in ("clerk", "insider", "caller", "deputy"):
        page = page_of(city, login, filed.case.pk)
        assert "/track/" not in page
        assert filed.secret.replace(" ", "") not in page.replace(" ", "")


# --- H1 ----------------------------------------------------------------------------------------------------------------


def test_h1_two_requests_of_one_number_have_nothing_in_common(here: tuple[City, Filed]) -> None:
    city, _filed = here
    for _ in range(2):
        ask_to_be_called(request=uuid4(), phone="199 0000 0007", name="王女士", at=NOW)
    found = [call.request for call in calls.page(city.viewer("caller"), NOW).calls if call.request]
    assert len(found) == 2
    texts_of = [{bytes(t.ciphertext) for t in one.seal.texts.all()} for one in found]
    assert not texts_of[0] & texts_of[1]
    assert all(t.index is None for one in found for t in one.seal.texts.all())
