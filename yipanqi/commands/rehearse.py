"""`yipanqi rehearse`: what a changed limit or list would have meant for the last cases; nothing is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yipanqi.commands.setup import ready

if TYPE_CHECKING:
    from yipanqi.insight.rehearsal import Difference, Rehearsal

SHOWN = 20
LISTS = ("duties", "paths", "reviewers")
cases = click.option(
    "--cases",
    default=200,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="How many, the newest first.",
)


@click.group()
def command() -> None:
    """See what a change would have meant for the last cases, before it takes effect. Nothing is changed."""


@command.command()
@click.argument("procedure")
@click.argument("code")
@click.argument("amount", type=int)
@click.argument("unit")
@cases
def limit(procedure: str, code: str, amount: int, unit: str, cases: int) -> None:
    """A limit of another length: `limit claim answer 45 calendar_days`."""
    ready()
    from django.utils import timezone

    from yipanqi.core.counting import day_of
    from yipanqi.core.gate import Viewer
    from yipanqi.core.limits import set_limit

    now = timezone.now()
    on = day_of(now) + dt.timedelta(days=1)

    def change() -> None:
        set_limit(
            procedure=procedure,
            code=code,
            valid_from=on,
            amount=amount,
            unit=unit,
            practice=True,
            basis_zh="预演",
            basis_en="rehearsal",
            by=Viewer(capabilities={"limits.manage": ("/",)}),
            at=now,
        )

    _tell(_rehearsed(change, on, cases))


@command.command(name="list")
@click.argument("name", type=click.Choice(LISTS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@cases
def list_(name: str, file: Path, cases: int) -> None:
    """A changed list, as its import takes it (CSV or XLSX): duties, statutory paths, or lawful reviewers."""
    ready()
    from django.utils import timezone

    from yipanqi.core.counting import day_of
    from yipanqi.exchange.trial import take_in

    now = timezone.now()
    _tell(_rehearsed(lambda: take_in(name, file, at=now), day_of(now), cases))


@command.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@cases
def text(code: str, file: Path, cases: int) -> None:
    """A changed template of documents: CODE as on its page, FILE with the Chinese words (UTF-8)."""
    ready()
    from django.utils import timezone

    from yipanqi.core.counting import day_of
    from yipanqi.core.gate import Viewer
    from yipanqi.notices.actions import write_text
    from yipanqi.notices.queries import text_in_force
    from yipanqi.notices.series import BY_CODE

    if code not in BY_CODE:
        raise click.ClickException(f"No such template: one of {', '.join(BY_CODE)}.")
    now, own = timezone.now(), text_in_force(code)
    given = {name: getattr(own, name) for name in ("subject_zh", "subject_en", "body_en")}
    given["body_zh"] = file.read_text(encoding="utf-8")
    viewer = Viewer(capabilities={"system.manage": ("/",)})
    _tell(_rehearsed(lambda: write_text(code=code, given=given, by=viewer, at=now), day_of(now), cases))


def _rehearsed(change: Callable[[], object], on: dt.date, cases: int) -> Rehearsal:
    from yipanqi.core.errors import Refused
    from yipanqi.insight.rehearsal import rehearse

    try:
        return rehearse(change, on=on, most=cases)
    except Refused as refusal:
        told = "; ".join(refusal.fields.values()) or refusal.message
        raise click.ClickException(told) from None


def _tell(found: Rehearsal) -> None:
    for each in found.differences[:SHOWN]:
        click.echo(_line(each))
    if len(found.differences) > SHOWN:
        click.echo(f"… and {len(found.differences) - SHOWN} more")
    click.echo(
        f"{found.touched} of the last {found.cases} cases would have gone otherwise. Nothing was changed."
    )


def _line(each: Difference) -> str:
    days = f" ({each.days:+d} days)" if each.days else ""
    label = f" {each.point.label}" if each.point.label else ""
    lines = zip_longest(each.now.splitlines() or [""], each.then.splitlines() or [""], fillvalue="")
    now, then = next((one, other) for one, other in lines if one != other)
    return f"{each.point.case}  {each.point.what}{label}: {now or '—'} → {then or '—'}{days}"
