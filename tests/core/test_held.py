"""Reads whose statement is written once: they find what the query finds, each time anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from tests.factories import bring_to, file, make_city
from yipanqi.cases import queries
from yipanqi.cases.models import Case
from yipanqi.core.counting import day_of
from yipanqi.core.held import Held
from yipanqi.core.models import Matter
from yipanqi.core.prepared import id_slot
from yipanqi.organisations.access import held
from yipanqi.organisations.models import Posting
from yipanqi.organisations.queries import parts_of

AT = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_each_read_finds_what_the_query_finds_and_reads_it_anew() -> None:
    city = make_city(AT)
    first, second = (file(city, at=AT) for _each in range(2))
    bring_to(city, second, "handling", AT)
    one, other = first.case.pk, second.case.pk
    both = queries.subjects([one, other])
    assert queries.subjects([one]) == {one: both[one]}
    assert queries.subjects([other])[other].submission.pk == second.case.submission_id
    assert parts_of([one]) | parts_of([other]) == parts_of([one, other])
    assert [part.unit.code for part in parts_of([other])[other]].count("lamps") == 1
    Case.objects.filter(pk=one).update(title="改过")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert queries.subjects([one])[one].title == "改过"
        assert str(queries.subjects([one])[one].matter.pk) == str(one)
    assert len(asked) == 2, "what is selected with a case is not asked for again"
    assert parts_of([id_slot(7)]) == {}


@pytest.mark.django_db
def test_posts_are_those_of_the_account_and_of_the_day() -> None:
    city = make_city(AT)
    accounts = city.accounts
    for login in ("clerk", "insider", "clerk"):
        assert {post.account for post in held(accounts[login].pk, AT)} == {accounts[login]}
    today = day_of(AT)
    Posting.objects.filter(account=accounts["clerk"]).update(valid_to=today)
    assert held(accounts["clerk"].pk, AT - dt.timedelta(days=1)) != []
    assert held(accounts["clerk"].pk, AT) == []


@pytest.mark.django_db(transaction=True)
def test_what_locks_needs_a_transaction_each_time() -> None:
    locked = Held(lambda: Matter.objects.select_for_update().filter(pk=id_slot(0)))
    for _each in range(2):
        with pytest.raises(TransactionManagementError):
            locked.read({id_slot(0): id_slot(7)})
        with transaction.atomic():
            assert locked.read({id_slot(0): id_slot(7)}) == []
