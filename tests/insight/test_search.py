"""Search: complete and exact for any word, within the gate, whatever plan it takes."""

from __future__ import annotations

import unicodedata
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.factories import STAFF, WORDS, City, file, make_city, take
from tests.insight.test_lists import busy_city, some_of_everything
from tests.meetings.world import MONDAY
from yipanqi.core import gate, search, writing
from yipanqi.core.gate import NOBODY, Channel, Viewer
from yipanqi.core.kinds import Words, all_kinds
from yipanqi.core.models import Matter, SearchEntry
from yipanqi.insight import search as searching
from yipanqi.insight.search import Asked, hits_of
from yipanqi.text.grams import MOST_WORDS, Word, words_of
from yipanqi.text.variants import folded

pytestmark = pytest.mark.django_db


def said(city: City, title: str, text: str, unit: str = "") -> UUID:
    """A case with these words, cleared, and sent to a unit if one is named."""
    pk: UUID = file(city, at=MONDAY).case.pk
    clerk = city.actor("clerk")
    take(pk, "clear", clerk, MONDAY, title=title, text=text, category="lamps", area=city.area.pk)
    if unit:
        take(pk, "route", clerk, MONDAY, unit=unit)
    return pk


def found(city: City, login: str, query: str, **filters: Any) -> set[UUID]:
    return set(hits_of(city.viewer(login), Asked(words_of(query), **filters), MONDAY, size=1000).ids)


PLANS = ("rare", "few", "window")


@pytest.fixture(params=PLANS)
def plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the three plans."""
    follow(request.param, monkeypatch)


def follow(plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this plan, whatever the frequencies are."""
    monkeypatch.setattr(searching, "RARE", 3000 if plan == "rare" else -1)
    monkeypatch.setattr(searching, "FEW_HITS", 3000 if plan == "rare" else -1)
    monkeypatch.setattr(searching, "FEW", 5000 if plan == "few" else -1)


def test_a_word_is_found_in_any_variant(plan: None) -> None:
    city = make_city()
    pk = said(city, "路燈ＡＢＣ不亮", "示例路３號桿；乾隆年間的著力點，深沈。")
    for query in (
        "路灯",
        "路燈",
        "灯",
        "abc不",
        "ABC不亮",
        "3号",
        "３號",
        "乾隆",
        "干隆",
        "著力",
        "着力",
        "沈",
        "深沉",
        "年间 路灯",
    ):
        assert found(city, "clerk", query) == {pk}, query
    for query in ("路不", "亮示", "灯 没有", "深 浅"):
        assert not found(city, "clerk", query), query


def test_a_reference_is_found_however_it_is_written(plan: None) -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    code = filed.reference
    plain = code.replace("-", "")
    for query in (
        code,
        code.lower(),
        plain,
        plain[2:7],
        code.replace("-", "—"),
        code.replace("-", " "),
        code[-1],
    ):
        assert filed.case.pk in found(city, "clerk", query), query
    assert not found(city, "clerk", WORDS.title)
    assert not found(city, "clerk", WORDS.text[:4])


def test_whoever_must_open_a_text_learns_nothing_of_it_by_searching(plan: None) -> None:
    city = make_city()
    pk = said(city, "路灯不亮", "三号杆的灯", "lamps")
    code = Matter.objects.get(pk=pk).case.number
    for login, finds, reads in (
        ("clerk", True, True),
        ("insider", True, True),
        ("colleague", False, False),
        ("stranger", False, False),
        ("deputy", True, False),
        ("sysadmin", False, False),
        ("audadmin", False, False),
    ):
        assert found(city, login, code) == ({pk} if finds else set()), login
        assert found(city, login, "三号杆") == ({pk} if reads else set()), login
        assert found(city, login, f"路灯 {code}") == ({pk} if reads else set()), login
    take(pk, "open_text", city.actor("deputy"), MONDAY, purpose="复查")
    assert not found(city, "deputy", "三号杆")
    nobody = hits_of(NOBODY, Asked(words_of(code)), MONDAY)
    assert not nobody.ids


def test_a_search_finds_what_the_gate_shows_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    city, _line = busy_city()
    sizes = set()
    for login in STAFF:
        viewer = city.viewer(login)
        shown = Matter.objects.filter(gate.visible(viewer, Channel.DESK)).select_related("entry")
        texts = set(Matter.objects.filter(gate.readable(viewer, Channel.DESK)).values_list("pk", flat=True))
        for query in ("路灯", "路", "-", "h", "三号 灯", "任务", "7"):
            words = words_of(query)
            expected = {m.pk for m in shown if holds(m.entry, words, reads=m.pk in texts)}
            for plan in PLANS:
                follow(plan, monkeypatch)
                assert found(city, login, query) == expected, (login, query, plan)
            sizes.add(len(expected))
    assert len(sizes) > 3


def holds(entry: SearchEntry, words: tuple[Word, ...], *, reads: bool) -> bool:
    """Whether each word is in the reference, or in the text that is read."""
    return all(
        any(form in entry.reference for form in word.marks)
        or (reads and any(form in entry.body for form in word.forms))
        for word in words
    )


def test_what_has_no_entry_yet_is_filled_in_and_may_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    insert = writing.insert
    with monkeypatch.context() as earlier:  # as if the city had been built before there was a search
        earlier.setattr(search, "put", lambda **_: None)
        earlier.setattr(
            writing, "insert", lambda rows: insert([r for r in rows if not isinstance(r, SearchEntry)])
        )
        some_of_everything(city)
    assert not SearchEntry.objects.exists()
    place = search.fill(most=4)
    assert SearchEntry.objects.count() == 4
    assert search.unfilled()
    while place is not None:
        place = search.fill(before=place, most=4)
    assert not search.unfilled()
    entries = lexemes_of_all()
    assert len(entries) == Matter.objects.count()
    for kind in all_kinds():
        search.put(words=kind.words(entries))
    assert lexemes_of_all() == entries


def lexemes_of_all() -> dict[UUID, tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT matter_id, reference, body, lexemes::text FROM core_searchentry")
        return {row[0]: row[1:] for row in cursor.fetchall()}


ALPHABET = "路灯燈著着乾干隆深沈沉覆答0１Aaａbß%_\\&|!'\":*()<>- 　\n🚦é\u200d"
TEXTS = st.text(alphabet=ALPHABET, max_size=20) | st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
)


def contains(text: str, word: str) -> bool:
    """What a reader calls contained: as the words are folded, or character by character."""
    return folded(word) in folded(text) or one_by_one(word) in one_by_one(text)


def one_by_one(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded(c) for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c.isspace())


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_part_of_any_text_is_found_and_nothing_else(
    few_cases: tuple[Viewer, list[UUID]], monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    viewer, ids = few_cases
    texts = {pk: (data.draw(TEXTS), data.draw(TEXTS)) for pk in ids}
    search.put(words=[Words(pk, "", *both) for pk, both in texts.items()])
    whole = data.draw(
        st.sampled_from([part for both in texts.values() for part in both if part.strip()] or ["灯"])
    )
    start, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(1, 5))
    query = data.draw(st.sampled_from([whole[start : start + length], data.draw(TEXTS)]))
    for plan in PLANS:
        follow(plan, monkeypatch)
        hits = set(hits_of(viewer, Asked(words_of(query)), MONDAY).ids)
        parts = unicodedata.normalize("NFKC", query).split()
        parts = [part for part in parts if one_by_one(part)]
        sure = {
            pk for pk, both in texts.items() if all(any(folded(p) in folded(t) for t in both) for p in parts)
        }
        may = {pk for pk, both in texts.items() if all(any(contains(t, p) for t in both) for p in parts)}
        if not parts:
            assert not hits
        elif len(parts) <= MOST_WORDS:
            assert sure <= hits <= may, (query, texts, plan)


@pytest.fixture
def few_cases() -> tuple[Viewer, list[UUID]]:
    city = make_city()
    return city.viewer("clerk"), [said(city, "标题", "正文") for _ in range(6)]
