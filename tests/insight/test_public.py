"""What anybody may read gives nothing away: not in one table, not by its sums, not from one month to the next."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

from tests.cases.accusation_world import accuse, add_organ
from tests.factories import make_city
from yipanqi.core import ledger
from yipanqi.insight.actions import advance
from yipanqi.insight.models import Cursor, PublicFigure, Rated, Standing, Tally
from yipanqi.insight.public import TOGETHER, TOLD, figures, release, released, summed
from yipanqi.organisations.models import Unit

NOTHING = dict.fromkeys(TOLD, 0)
Table = list[dict[str, int]]


@st.composite
def rows(draw: st.DrawFn) -> dict[str, int]:
    """The counts of a category: the part is never more than its whole."""
    number = st.integers(0, 12)
    found = {name: draw(number) for name in ("open", "closed", "timed", "judged")}
    found["timed"] = min(found["timed"], found["closed"])
    parts = {"in_time": "timed", "solved": "judged"}
    return found | {part: draw(st.integers(0, found[whole])) for part, whole in parts.items()}


def published(months: list[Table]) -> list[tuple[Table, dict[str, int]]]:
    """What is read each month: the table and its sums."""
    shown, found = [NOTHING] * len(months[0]), []
    for table in months:
        shown = [released(before, now) for before, now in zip(shown, table, strict=True)]
        found.append((shown, summed(shown)))
    return found


tables = st.integers(1, 4).flatmap(
    lambda many: st.lists(st.lists(rows(), min_size=many, max_size=many), min_size=1, max_size=3)
)


@given(months=tables, data=st.data())
def test_no_hidden_number_can_be_computed_from_anything_that_is_shown(
    months: list[Table], data: st.DataObject
) -> None:
    """Whichever fewer than five it is, every table of every month and every sum are the same."""
    seen = published(months)
    for month, table in enumerate(months):
        for row, counts in enumerate(table):
            for group in TOGETHER:
                if counts[group[0]] >= 5:
                    continue
                other = data.draw(st.integers(0, 4))
                changed = counts | dict.fromkeys(group, 0) | {group[0]: other}
                if len(group) > 1:
                    changed[group[1]] = data.draw(st.integers(0, other))
                twin = [[*t] for t in months]
                twin[month][row] = changed
                assert published(twin) == seen


@given(months=tables)
def test_everything_shown_is_of_five_at_least_and_so_is_every_change(months: list[Table]) -> None:
    before = [NOTHING] * len(months[0])
    for shown, _sums in published(months):
        for old, new in zip(before, shown, strict=True):
            for whole, *parts in TOGETHER:
                assert new[whole] == 0 or new[whole] >= 5
                changed = abs(new[whole] - old[whole])
                # From five up to hidden and back one sees that it is hidden, and not which it is.
                assert changed == 0 or changed >= 5 or not new[whole]
                if not changed:
                    assert [new[name] for name in parts] == [old[name] for name in parts]
        before = shown


@given(table=st.lists(rows(), min_size=1, max_size=5))
def test_a_sum_less_all_rows_that_are_shown_is_nought(table: Table) -> None:
    """Nothing that is hidden is in a sum: a single hidden row is no difference, nor are several."""
    [(shown, sums)] = published([table])
    assert all(sums[name] == sum(row[name] for row in shown) for name in TOLD)


# --- as it is kept ------------------------------------------------------------------------------------------------------

NOVEMBER, LATER, DECEMBER = (
    dt.datetime(2026, month, day, 2, tzinfo=dt.UTC) for month, day in ((11, 23), (11, 29), (12, 1))
)


def tallied(**counts: int) -> None:
    city = make_city()
    Cursor.objects.update_or_create(name="orders", defaults={"at": NOVEMBER})
    unit = Unit.objects.get(code="lamps")
    Tally.objects.create(category_id="lamps", area=city.area, unit=unit, **counts)


@pytest.mark.django_db
def test_what_is_read_changes_once_a_month_and_not_for_fewer_than_five() -> None:
    tallied(open=10, closed=10, timed=10, in_time=9)
    assert release(at=NOVEMBER)
    Tally.objects.update(open=20, closed=12, timed=12, in_time=10)
    assert not release(at=LATER)
    assert figures().all.open == 10
    assert release(at=DECEMBER)
    found = figures().all
    assert (found.open, found.closed, found.in_time.good, found.in_time.of) == (20, 10, 9, 10)
    assert not release(at=DECEMBER)


@pytest.mark.django_db
def test_the_first_are_read_as_soon_as_something_was_counted() -> None:
    assert not release(at=NOVEMBER)
    assert figures().at is None
    tallied(open=7)
    assert release(at=NOVEMBER)
    assert figures().at == NOVEMBER


@pytest.mark.django_db
def test_what_is_left_of_nothing_is_hidden() -> None:
    tallied(open=7)
    release(at=NOVEMBER)
    Tally.objects.all().delete()
    release(at=DECEMBER)
    assert PublicFigure.objects.get().open == 0


@pytest.mark.django_db
def test_no_accusation_is_in_any_figure() -> None:
    city = add_organ(make_city())
    for _ in range(6):
        accuse(city, at=NOVEMBER, state="handling")
    ledger.sequence()
    advance(at=NOVEMBER)
    release(at=NOVEMBER)
    for derived in (Standing, Rated):
        assert not derived.objects.exists()
    assert not PublicFigure.objects.exists()
