"""Units that the duty list proposes for a requirement read in a report."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.factories import City, make_city
from yipanqi.commands.main import cli
from yipanqi.meetings.queries import city_duties, propose_units
from yipanqi.organisations.models import Duty
from yipanqi.text.reports import Requirement, read_report

pytestmark = pytest.mark.django_db

HELD = "3月5日，全市工作会议召开，市长李示明主持会议并讲话。会议强调，"


@pytest.fixture
def city() -> City:
    return make_city()


def _requirement(said: str) -> Requirement:
    [each] = read_report(f"{HELD}{said}").requirements
    return each


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("said", ["要改进路灯维修。", "要抓好公园和路灯的管护。"])
def test_the_unit_whose_duty_is_named_is_proposed(said: str) -> None:
    assert propose_units(_requirement(said)) == ["示例路灯处"]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("said", ["要加强工作统筹。", "要树牢路灯为民意识。", "要办好学校食堂。"])
def test_nobody_is_proposed_where_no_duty_is_named(said: str) -> None:
    assert propose_units(_requirement(said)) == []


def test_a_duty_that_has_ended_proposes_nobody(city: City) -> None:
    Duty.objects.update(valid_to="2026-01-01")
    assert city_duties() == []
    assert propose_units(_requirement("要改进路灯维修。")) == []


@pytest.mark.usefixtures("city")
def test_the_words_of_the_duty_count_without_those_of_every_duty() -> None:
    Duty.objects.update(basis="三定规定：示例路灯处负责城市夜景照明的统筹协调和管理")
    assert propose_units(_requirement("要规范城市夜景照明。")) == ["示例路灯处"]
    assert propose_units(_requirement("要加强统筹协调和管理。")) == []


@pytest.mark.usefixtures("city")
def test_the_command_proposes_where_a_database_stands() -> None:
    result = CliRunner().invoke(
        cli, ["import-report", "-", "--dry-run", "--json"], input=f"{HELD}要改进路灯维修。".encode()
    )
    assert result.exit_code == 0
    assert [each["proposed"] for each in json.loads(result.stdout)["requirements"]] == [["示例路灯处"]]
