"""`yipanqi import-report`: what a conference report, or minutes, say; needs no database."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from yipanqi.commands.files import TEXT_FILE, print_json, read_text

if TYPE_CHECKING:
    from yipanqi.text.reports import Report, Requirement

    Propose = Callable[[Requirement], list[str]]

_FACTS = ("date", "title", "form", "chair")
_OF_REQUIREMENT = ("clause", "start", "end", "kind", "theme", "action", "object", "due")


@click.command()
@click.argument("file", type=TEXT_FILE)
@click.option("--dry-run", is_flag=True, help="Read and write nothing down.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: str, dry_run: bool, as_json: bool) -> None:
    """Read the conference report or minutes in FILE (- for standard input; UTF-8 or GB18030).

    Nothing that the text does not say is guessed, the year least of all. Where a database stands its duty list proposes
    units; none is started for it.
    """
    if not dry_run:
        raise click.UsageError(
            "Only reading is there yet: give --dry-run. A person enters a conference, on the desk."
        )
    from yipanqi.text.reports import read_report

    report = read_report(read_text(file))
    if as_json:
        print_json(_shape(report, _proposing() if report.requirements else _nobody))
        return
    for line in _lines(report):
        click.echo(line)


def _shape(report: Report, propose: Propose) -> dict[str, Any]:
    return {
        **{name: getattr(report, name) for name in _FACTS},
        "attending": [{"name": person.name, "post": person.post} for person in report.attending],
        "conveyed": list(report.conveyed),
        "speakers": list(report.speakers),
        "main_venue": report.main_venue,
        "branch_venues": report.branch_venues,
        "attendees": list(report.attendees),
        "leaders": list(report.leaders),
        "speech_by": report.speech_by,
        "requirements": [
            {
                **{name: getattr(each, name) for name in _OF_REQUIREMENT},
                "units": list(each.units),
                "proposed": propose(each),
            }
            for each in report.requirements
        ],
    }


def _lines(report: Report) -> list[str]:
    """The reading for people."""
    if not report.is_report:
        return ["This is no report of a conference."]
    lines = [f"{report.date or '(no date)'}  {report.title or '(no title)'}"]
    theme = ""
    for number, each in enumerate(report.requirements, start=1):
        if each.theme != theme:
            lines.append(f"  {each.theme}")
            theme = each.theme
        whose = f"  [{'、'.join(each.units)}]" if each.units else ""
        lines.append(
            f"  {number:3} {each.kind.value:9} {each.clause}{whose}{'  ' + each.due if each.due else ''}"
        )
    return lines


def _nobody(requirement: Requirement) -> list[str]:
    return []


def _proposing() -> Propose:
    """By the duty list where a database stands. What was read is worth more than what is proposed: whatever is wrong
    with the database, it proposes nobody."""
    from yipanqi.runtime import environment
    from yipanqi.runtime.errors import PlainError

    try:
        if not environment.find_standing():
            return _nobody
        import django

        django.setup()
        from yipanqi.meetings.queries import city_duties, propose_units

        duties = city_duties()
    except PlainError as error:
        click.echo(f"No units are proposed: {error}", err=True)
        return _nobody
    except Exception as error:
        if os.environ.get("YIPANQI_DEBUG"):
            raise
        click.echo(f"No units are proposed: the duty list cannot be read ({type(error).__name__}).", err=True)
        return _nobody
    return lambda requirement: propose_units(requirement, duties)
