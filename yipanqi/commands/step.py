"""`yipanqi step`: take a step of a matter, by the same engine as every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yipanqi.commands.setup import ready

if TYPE_CHECKING:
    from yipanqi.core.models import Matter


@click.command()
@click.argument("number")
@click.argument("name", required=False)
@click.option(
    "--as", "login", help="Login of the account that takes the step; the system where none is given."
)
@click.option("--set", "answers", multiple=True, metavar="ASK=VALUE", help="An answer; may be repeated.")
def command(number: str, name: str | None, login: str | None, answers: tuple[str, ...]) -> None:
    """Take the step NAME of the case or task NUMBER; without NAME, print its timeline and the steps that are open."""
    ready()
    from django.db import transaction
    from django.utils import timezone

    from yipanqi.core import engine
    from yipanqi.core.errors import Refused
    from yipanqi.core.gate import SYSTEM, Actor
    from yipanqi.core.kinds import kind_of
    from yipanqi.organisations.access import viewer_of
    from yipanqi.organisations.timeline import history_of, lines_of, timeline
    from yipanqi.people.models import Account

    now = timezone.now()
    matter = _matter(number)
    actor = SYSTEM
    if login:
        account = Account.objects.filter(login=login).first()
        if account is None:
            raise click.ClickException(f"There is no account {login}.")
        actor = Actor(viewer_of(account, now))
    if name:
        try:
            engine.take(
                matters=[matter.pk],
                step=name,
                by=actor,
                at=now,
                answers=dict(answer.partition("=")[::2] for answer in answers),
            )
        except Refused as refusal:
            raise click.ClickException(refusal.message) from None
        matter.refresh_from_db()
    for line in lines_of(timeline(history_of(matter), at=now, public=False)):
        click.echo(line)
    with transaction.atomic():
        subject = kind_of(matter).subjects([matter.pk])[matter.pk]
    steps = engine.open_steps(matter, subject, actor, now)
    click.echo(f"state: {matter.state}; steps: {', '.join(step.name for step in steps) or 'none'}")


def _matter(number: str) -> Matter:
    from django.core.exceptions import ValidationError

    from yipanqi.cases.models import Case
    from yipanqi.cases.references import read_reference
    from yipanqi.core.models import Matter
    from yipanqi.meetings.models import Task

    case = Case.objects.filter(number=read_reference(number) or number).first()
    found = case or Task.objects.filter(number=number.upper()).first()
    try:
        return Matter.objects.get(pk=found.pk if found else number)
    except (Matter.DoesNotExist, ValidationError):
        raise click.ClickException(f"There is no matter {number}.") from None
