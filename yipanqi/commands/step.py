"""`yipanqi step`: take a step of a matter, by the same engine as every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yipanqi.commands.setup import ready

if TYPE_CHECKING:
    import datetime as dt

    from yipanqi.core.errors import Refused
    from yipanqi.core.gate import Actor
    from yipanqi.core.models import Matter


@click.command()
@click.argument("number")
@click.argument("name", required=False)
@click.option(
    "--as", "login", help="Login of the account that takes the step; the system where none is given."
)
@click.option("--set", "answers", multiple=True, metavar="ASK=VALUE", help="An answer; may be repeated.")
def command(number: str, name: str | None, login: str | None, answers: tuple[str, ...]) -> None:
    """Take the step NAME of the case or task NUMBER; without NAME, print its timeline and the steps that are open.

    What was said is printed as far as the account may read it; without an account only what happened when.
    """
    ready()
    from django.db import transaction
    from django.utils import timezone

    from yipanqi.core import engine
    from yipanqi.core.errors import Refused
    from yipanqi.core.gate import SYSTEM, Actor
    from yipanqi.core.kinds import kind_of
    from yipanqi.organisations.access import viewer_of
    from yipanqi.people.models import Account

    now = timezone.now()
    actor = SYSTEM
    if login:
        account = Account.objects.filter(login=login).first()
        if account is None:
            raise click.ClickException(f"There is no account {login}.")
        actor = Actor(viewer_of(account, now))
    matter = _matter(number, actor)
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
            raise click.ClickException(_told(refusal, matter, name)) from None
        matter.refresh_from_db()
    for line in _timeline(matter, actor, now):
        click.echo(line)
    with transaction.atomic():
        subject = kind_of(matter).subjects([matter.pk])[matter.pk]
    steps = engine.open_steps(matter, subject, actor, now)
    click.echo(f"state: {matter.state}; steps: {', '.join(step.name for step in steps) or 'none'}")


def _told(refusal: Refused, matter: Matter, name: str) -> str:
    """Why it was refused, with what can be chosen where something else was: no page shows it here."""
    from yipanqi.core.kinds import procedure_of

    asks = [ask for step in procedure_of(matter).steps if step.name == name for ask in step.asks]
    chosen = [
        f"  {ask.name}: {', '.join(f'{code} ({label})' for code, label in ask.choices)}"
        for ask in asks
        if ask.choices and ask.name in refusal.fields
    ]
    return "\n".join([refusal.message, *chosen])


def _timeline(matter: Matter, actor: Actor, at: dt.datetime) -> list[str]:
    """What the account may read of it, through the gate and written down like every look; without an account what
    happened when, and no words: whoever runs the machine is no reader."""
    from yipanqi.core import access_log, gate
    from yipanqi.organisations.timeline import history_of, lines_of, timeline, without_words

    if actor.is_system:
        return lines_of(without_words(timeline(history_of(matter), at=at, public=False)))
    view = gate.present(matter, actor.viewer, gate.Channel.COMMAND)
    shown = [name for name in ("text", "documents") if getattr(view, name, None)]
    account = actor.viewer.account
    access_log.note(account=account, page="command", at=at, matter=matter.pk, fields=shown)
    return lines_of(view.events)


def _matter(number: str, actor: Actor) -> Matter:
    """The matter with this number. One that the account may not find is not there for it."""
    from django.core.exceptions import ValidationError

    from yipanqi.cases.models import Case
    from yipanqi.cases.references import read_reference
    from yipanqi.core.gate import Channel, visible
    from yipanqi.core.models import Matter
    from yipanqi.meetings.meeting_queries import matter_numbered
    from yipanqi.meetings.models import Task

    case = Case.objects.filter(number=read_reference(number) or number).first()
    found = case or Task.objects.filter(number=number.upper()).first()
    seen, key = Matter.objects.all(), found.pk if found else matter_numbered(number) or number
    if not actor.is_system:
        seen = seen.filter(visible(actor.viewer, Channel.COMMAND))
    try:
        return seen.get(pk=key)
    except (Matter.DoesNotExist, ValidationError):
        raise click.ClickException(f"There is no matter {number}.") from None
