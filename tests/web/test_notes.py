"""Urging, and notes among units: on the record, told to whom they concern, and never on the submitter's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from tests.factories import City, make_city, submitter, take
from tests.standing import standing
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, case_in, page_of, post_step, signed_in, text_of
from tests.web.portal_helpers import case_url, tracking
from yipanqi.cases.actions import Filed
from yipanqi.core import gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, Move
from yipanqi.core.veil import told
from yipanqi.notices.actions import follow, tell
from yipanqi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@standing
def place(state: str) -> tuple[City, Filed]:
    city = make_city()
    return city, case_in(city, state)


@pytest.fixture
def here() -> tuple[City, Filed]:
    return place("handling")


def noticed(filed: Filed, step: str) -> set[str]:
    """The units that were told of the last such step."""
    move = Move.objects.filter(matter=filed.case.pk, step=step).latest("number")
    tell(moves=[move.pk], at=NOW)
    return set(Notice.objects.filter(move=move).values_list("unit__code", flat=True))


def test_an_urging_is_on_the_record_of_the_units_and_plain_to_the_submitter(here: tuple[City, Filed]) -> None:
    city, filed = here
    before: dict[str, Any] = {**Matter.objects.values().get(pk=filed.case.pk)}
    assert post_step(signed_in(city, "clerk"), filed.case.pk, "urge", line="已电话催办").status_code == 302
    after: dict[str, Any] = {**Matter.objects.values().get(pk=filed.case.pk)}
    assert {name for name in after if after[name] != before[name]} == {"moves_count", "head"}
    for login in ("clerk", "insider", "colleague"):
        assert "已电话催办" in page_of(city, login, filed.case.pk), login
    page = text_of(tracking(filed, EN).get(case_url(filed)))
    assert "The unit was urged" in page
    assert "已电话催办" not in page
    assert "lamps" in noticed(filed, "urge")


def test_nobody_is_nagged(here: tuple[City, Filed], clock: Clock) -> None:
    city, filed = here
    take(filed.case.pk, "urge", city.actor("clerk"), NOW, line="催")
    assert 'id="step-urge"' not in page_of(city, "clerk", filed.case.pk)
    with pytest.raises(Refused, match="60"):
        take(filed.case.pk, "urge", city.actor("deputy"), clock.forward(minutes=59), line="再催")
    take(filed.case.pk, "urge", city.actor("deputy"), clock.forward(minutes=1), line="再催")


def test_only_a_unit_is_urged_and_by_who_sent_it_or_oversees_it(here: tuple[City, Filed]) -> None:
    city, filed = here
    for login in ("insider", "colleague", "auditor", "stranger"):
        with pytest.raises(NotAllowed):
            take(filed.case.pk, "urge", city.actor(login), NOW, line="催")
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪根杆？")
    with pytest.raises(Refused):
        take(filed.case.pk, "urge", city.actor("clerk"), NOW, line="催")


def test_the_card_of_urging_has_its_key(here: tuple[City, Filed]) -> None:
    city, filed = here
    assert '<details class="step" id="step-urge" data-key="g">' in page_of(city, "clerk", filed.case.pk)


@pytest.mark.parametrize("login", ["clerk", "insider", "colleague"])
def test_a_note_is_for_the_units_and_tells_those_that_are_named(here: tuple[City, Filed], login: str) -> None:
    city, filed = here
    units = [str(city.units["roads"].pk)]
    answer = post_step(signed_in(city, login), filed.case.pk, "note", text="配件周四到", mention=units)
    assert answer.status_code == 302
    for reader in ("clerk", "auditor", "insider", "colleague"):
        assert "配件周四到" in page_of(city, reader, filed.case.pk), reader
    assert "配件周四到" not in text_of(tracking(filed).get(case_url(filed)))
    assert noticed(filed, "note") == {"roads"}
    assert signed_in(city, "colleague").get("/desk/notices/").status_code == 200


def test_a_note_that_names_nobody_tells_nobody_and_one_without_a_part_is_not_named(
    here: tuple[City, Filed],
) -> None:
    city, filed = here
    take(filed.case.pk, "note", city.actor("insider"), NOW, text="记一笔")
    assert noticed(filed, "note") == set()
    with translation.override("en"), pytest.raises(Refused, match="Schools"):
        take(filed.case.pk, "note", city.actor("insider"), NOW, text="记一笔", mention=["schools"])
    follow(at=NOW)


def test_who_oversees_reads_that_there_was_a_note_and_not_its_words(here: tuple[City, Filed]) -> None:
    city, filed = here
    take(filed.case.pk, "note", city.actor("insider"), NOW, text="配件周四到")
    assert "配件周四到" not in page_of(city, "deputy", filed.case.pk)


def test_a_note_of_the_office_is_kept_from_the_handler_down_to_its_number(here: tuple[City, Filed]) -> None:
    city, filed = here
    before = told(Matter.objects.get(pk=filed.case.pk))
    pages = {login: page_of(city, login, filed.case.pk) for login in ("insider", "colleague")}
    take(filed.case.pk, "office_note", city.actor("clerk"), NOW, text="这家单位上月被投诉过")
    assert "这家单位上月被投诉过" in page_of(city, "auditor", filed.case.pk)
    for login, page in pages.items():
        assert _still(page_of(city, login, filed.case.pk)) == _still(page), login
    assert told(Matter.objects.get(pk=filed.case.pk)) == before
    with pytest.raises(NotAllowed):
        take(filed.case.pk, "office_note", city.actor("insider"), NOW, text="x")


def _still(page: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", page)


def test_what_is_said_beside_the_work_overtakes_nobody(here: tuple[City, Filed]) -> None:
    """Whoever is writing the answer when they are urged loses no press over it."""
    city, filed = here
    seen = told(Matter.objects.get(pk=filed.case.pk))
    take(filed.case.pk, "urge", city.actor("clerk"), NOW, line="催")
    take(filed.case.pk, "note", city.actor("colleague"), NOW, text="我们这份好了")
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "answer", seen=seen, text="修好了", outcome="solved"
    )
    assert answer.status_code == 302
    # What moves it still overtakes.
    late = post_step(signed_in(city, "clerk"), filed.case.pk, "open_identity", seen=seen, purpose="contact")
    assert late.status_code == 409


@pytest.mark.parametrize("step", ["urge", "note", "office_note"])
def test_words_that_give_a_person_away_are_looked_at_once_more(here: tuple[City, Filed], step: str) -> None:
    city, filed = here
    words: dict[str, Any] = {"line" if step == "urge" else "text": "王小明，电话 13812345678"}
    client = signed_in(city, "clerk")
    answer = post_step(client, filed.case.pk, step, **words)
    assert answer.status_code == 422
    assert "words_checked" in text_of(answer)
    assert post_step(client, filed.case.pk, step, words_checked="on", **words).status_code == 302


def test_the_interface_tells_the_submitter_of_no_note(here: tuple[City, Filed]) -> None:
    city, filed = here
    take(filed.case.pk, "note", city.actor("insider"), NOW, text="配件周四到")
    take(filed.case.pk, "office_note", city.actor("clerk"), NOW, text="记一笔")
    view = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.API)
    assert {event.step for event in view.events}.isdisjoint({"note", "office_note"})
