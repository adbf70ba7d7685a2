"""A claim known to the handler alone (domain §0.2): intake and the unit that handles it, for a purpose; whoever else
has a part in it, or stands above, finds nobody: the side complained of may sit there."""

from __future__ import annotations

import pytest

from tests.factories import DAY, City, make_city, take
from tests.guards.test_identity import PARTICULARS, WHO
from tests.web.desk_helpers import EN, NOW, ZH, case_in, city_with, page_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.organisations.actions import appoint
from yipanqi.people.actions import create_accounts, define_role

pytestmark = pytest.mark.django_db


def above(city: City, login: str, *capabilities: str) -> None:
    """Somebody with these capabilities over the whole city, and so over intake and handler too."""
    role = define_role(
        code=login,
        name_zh=login,
        name_en=login,
        duty="business",
        capabilities=capabilities,
        by=None,
        at=city.at,
    )
    (account,) = create_accounts(rows=[(login, login, "business")], password=None, by=None, at=city.at)
    rows = [(account, role, city.units["city"], login, login)]
    appoint(rows=rows, valid_from=DAY, by=None, at=city.at)
    city.accounts[login] = account


@pytest.mark.parametrize("state", ["forwarded", "handling", "served"])
@pytest.mark.parametrize("login", ["clerk", "insider", "colleague", "stranger", "deputy", "above"])
def test_intake_and_handler_open_it_and_nobody_else(login: str, state: str) -> None:
    city = make_city(NOW)
    above(city, "above", "cases.oversee", "cases.handle", "cases.route", "cases.identify")
    filed = case_in(city, state, words=WHO, anonymity="handler_only", kind="claim")
    if login in ("clerk", "insider"):
        take(filed.case.pk, "open_identity", city.actor(login), NOW, purpose="contact")
        page = page_of(city, login, filed.case.pk)
        assert all(each in page for each in PARTICULARS)
        return
    with pytest.raises((NotAllowed, Refused)):
        take(filed.case.pk, "open_identity", city.actor(login), NOW, purpose="contact")
    if login != "stranger":
        for language in (ZH, EN):
            page = page_of(city, login, filed.case.pk, language)
            assert not any(each in page for each in (*PARTICULARS, "王*", "199****0001"))


def test_the_same_person_above_opens_one_who_gave_a_name() -> None:
    """What keeps them out is the choice that was made, and nothing else."""
    city = make_city(NOW)
    above(city, "above", "cases.oversee", "cases.identify")
    filed = case_in(city, "handling", words=WHO, anonymity="named", kind="claim")
    take(filed.case.pk, "open_identity", city.actor("above"), NOW, purpose="contact")
    assert all(each in page_of(city, "above", filed.case.pk) for each in PARTICULARS)


def test_a_unit_that_gave_it_back_no_longer_opens_it() -> None:
    city, filed = city_with("forwarded", words=WHO, anonymity="handler_only", kind="claim", founded=NOW)
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason="不归我们", duty="三定")
    take(filed.case.pk, "agree_return", city.actor("clerk"), NOW)
    with pytest.raises((NotAllowed, Refused)):
        take(filed.case.pk, "open_identity", city.actor("insider"), NOW, purpose="contact")


@pytest.mark.parametrize(
    ("language", "told"), [(ZH, "本人选择只让办理单位知道"), (EN, "known to the handler only")]
)
def test_the_page_says_why_nobody_is_shown(language: str, told: str) -> None:
    city, filed = city_with("handling", words=WHO, anonymity="handler_only", kind="claim", founded=NOW)
    assert told in page_of(city, "colleague", filed.case.pk, language)
