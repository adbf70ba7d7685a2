"""H11: staff are abused or shamed. What happened is told to the head of their unit, who can have the calls wait for some
days; the resident is neither blocked nor marked; and no bad verdict stands beside an officer's name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps

from tests.factories import City, add_caller, make_city, submitter, take
from tests.standing import standing
from tests.web.desk_helpers import NOW, ONE_DAY, case_in, matter_url, page_of, signed_in, text_of
from tests.web.portal_helpers import case_url, press_step, tracking
from yipanqi.cases.actions import Filed
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Matter
from yipanqi.insight import calls
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice

pytestmark = pytest.mark.django_db
WHAT = "对方在电话里骂人，威胁说要上门"


@standing
def place() -> tuple[City, Filed]:
    city = add_caller(make_city(NOW))
    return city, case_in(city, "served")


@pytest.fixture
def here() -> tuple[City, Filed]:
    return place()


def called(city: City, at: dt.datetime = NOW) -> bool:
    return bool(calls.page(city.viewer("caller"), at).calls)


@pytest.mark.parametrize(
    ("login", "unit"), [("insider", "lamps"), ("colleague", "roads"), ("caller", "hotline")]
)
def test_the_unit_of_whoever_was_abused_is_told_and_nothing_else_changes(
    here: tuple[City, Filed], login: str, unit: str
) -> None:
    city, filed = here
    before = {**Matter.objects.values("state", "due_at", "holder", "open", "pending").get(pk=filed.case.pk)}
    take(filed.case.pk, "report_abuse", city.actor(login), NOW, what=WHAT)
    assert {
        **Matter.objects.values("state", "due_at", "holder", "open", "pending").get(pk=filed.case.pk)
    } == before
    tell(moves=[filed.case.matter.moves.latest("number").pk], at=NOW)
    assert list(Notice.objects.values_list("unit__code", flat=True)) == [unit]
    assert called(city)


def test_the_card_offers_words_to_say(here: tuple[City, Filed]) -> None:
    city, filed = here
    page = page_of(city, "insider", filed.case.pk)
    assert "我愿意帮您把事情办好" in page
    assert "110" in page


def test_a_supervisor_grants_a_pause_of_calls_which_ends_by_itself(here: tuple[City, Filed]) -> None:
    city, filed = here
    with pytest.raises(Refused):
        take(filed.case.pk, "pause_calls", city.actor("deputy"), NOW, days=3)
    take(filed.case.pk, "report_abuse", city.actor("caller"), NOW, what=WHAT)
    for login in ("caller", "insider", "clerk"):
        with pytest.raises(NotAllowed):
            take(filed.case.pk, "pause_calls", city.actor(login), NOW, days=3)
    with pytest.raises(Refused):
        take(filed.case.pk, "pause_calls", city.actor("deputy"), NOW, days=30)
    take(filed.case.pk, "pause_calls", city.actor("deputy"), NOW, days=3)
    assert [called(city, NOW + n * ONE_DAY) for n in (0, 3, 4)] == [False, False, True]


def test_the_resident_can_do_all_they_could_and_reads_nothing_of_it(here: tuple[City, Filed]) -> None:
    city, filed = here
    take(filed.case.pk, "report_abuse", city.actor("insider"), NOW, what=WHAT)
    take(filed.case.pk, "pause_calls", city.actor("deputy"), NOW, days=5)
    client = tracking(filed)
    page = text_of(client.get(case_url(filed)))
    assert WHAT not in page
    assert "我们过几天再给您打电话" in page
    assert press_step(client, filed, "evaluate", solved="no", grade="not_satisfied").status_code == 302
    assert case_in(city).case.matter.state == "registered"


def test_nothing_of_it_is_kept_of_a_person() -> None:
    """No column of any table says of somebody that they were rude; the report is a move of one case."""
    words = ("abuse", "rude", "blocked", "troubl", "blacklist", "flag")
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("yipanqi.")
        for field in model._meta.concrete_fields
    }
    assert [name for name in columns if any(word in name.lower() for word in words)] == []


def test_no_bad_grade_stands_beside_an_officers_name(here: tuple[City, Filed]) -> None:
    city, filed = here
    verdict = {"solved": "no", "grade": "not_satisfied", "comment": "敷衍了事", "pressed": "on"}
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **verdict)
    take(filed.case.pk, "second_due", SYSTEM, NOW + 20 * ONE_DAY)
    addresses = [matter_url(filed.case.pk), *(f"/desk/{name}" for name in (
        "", "queue/?whose=all", "calls/", "approvals/", "supervision/", "pressed/", "notices/?show=all",
    ))]  # fmt: skip
    graded, names = 0, [f"示例{login}" for login in city.accounts]
    for login in ("insider", "colleague", "clerk", "auditor", "caller", "deputy"):
        client = signed_in(city, login)
        for address in addresses:
            page = text_of(client.get(address, follow=True))
            graded += "不满意" in page
            assert not [name for name in names if name in page], (login, address)
    assert graded > 3
