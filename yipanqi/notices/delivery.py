"""The outbox: send, then mark. A kill between the two sends again, with the same Message-ID or key.

A row is locked while its message is on the way, so that two workers never send one at the same time; the lock and the
mark are one transaction, which a killed worker gives up.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from yipanqi.cases.models import Submission
from yipanqi.core import access_log, sealing
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.keys import keyring
from yipanqi.core.mailboxes import one_mailbox
from yipanqi.core.models import Term
from yipanqi.notices import invitations, texts
from yipanqi.notices.channels import Channels, Dropped, NotTaken, Unreachable
from yipanqi.notices.letters import Letter, day_words
from yipanqi.notices.models import Message
from yipanqi.notices.queries import silent, telephone, text_in_force

logger = logging.getLogger(__name__)

# Minutes between tries, the last one again and again: short enough that a backlog drains within five minutes of a
# provider's coming back (R6), and together longer than half an hour.
PAUSES = (1, 2, 4, 5)
TRIES = 10
BATCH = 1000
NOWHERE = "notices.invalid"  # the domain of a Message-ID where no mail server is set
_MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")


def stable_id(message: Message) -> str:
    """The same for every try of a message, and for nobody to guess: what a receiver drops a double by."""
    return keyring().blind_index(str(message.pk), field=f"message-{message.channel}")[:16].hex()


@dataclass(frozen=True)
class Delivered:
    """How many were sent, and whether a provider was not to be reached."""

    sent: int
    away: bool


def deliver(*, at: dt.datetime, moves: Iterable[UUID] | None = None, limit: int = BATCH) -> Delivered:
    """Send what is due, of these moves or of all. Stops where a provider is not to be reached: what waits is tried
    again by the next run, and no message is blamed."""
    due = Message.objects.filter(state=Message.WAITING, next_at__lte=at)
    if moves is not None:
        due = due.filter(move__in=list(moves))
    rows = list(due.order_by("next_at", "id").values_list("pk", "channel")[:limit])
    sent, away = 0, set[str]()
    with Channels() as channels:
        for pk, channel in rows:
            if channel in away:
                continue
            try:
                sent += _deliver_one(pk, channels, at)
            except Unreachable as error:
                away.add(channel)
                logger.warning("no message can be sent by %s now: %s", channel, error)
            except Exception:
                # Whatever one message meets must not keep the others.
                logger.exception("a message by %s failed", channel)
                with transaction.atomic():
                    _failed(Message.objects.select_for_update().get(pk=pk), "error", at)
    return Delivered(sent, bool(away))


@transaction.atomic
def _deliver_one(pk: UUID, channels: Channels, at: dt.datetime) -> int:
    """Send one message, if nobody else does, and mark what became of it."""
    message = (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("submission", "unit", "move__matter")
        .filter(pk=pk, state=Message.WAITING, next_at__lte=at)
        .first()
    )
    if message is None:
        return 0
    try:
        _send(message, channels, at)
    except NotTaken as error:
        _failed(message, str(error), at)
        return 0
    except Dropped as error:
        _end(message, Message.DROPPED, str(error), at)
        return 0
    _end(message, Message.SENT, "", at)
    return 1


def _end(message: Message, state: str, why: str, at: dt.datetime) -> None:
    message.state, message.why, message.next_at, message.ended_at = state, why[:40], None, at
    message.save(update_fields=["state", "why", "next_at", "ended_at"])


def _failed(message: Message, why: str, at: dt.datetime) -> None:
    message.tries += 1
    message.save(update_fields=["tries"])
    if message.tries >= TRIES:
        _end(message, Message.DEAD, why, at)
        # For the system administrator, who finds it at the desk too (desk:notice_texts). Never to whom it was.
        logger.error("a message by %s was given up after %d tries: %s", message.channel, message.tries, why)
        return
    message.why = why[:40]
    message.next_at = at + dt.timedelta(minutes=PAUSES[min(message.tries, len(PAUSES)) - 1])
    message.save(update_fields=["why", "next_at"])


def _send(message: Message, channels: Channels, at: dt.datetime) -> None:
    if message.unit is not None:
        channels.mail.open()
        letter = invitations.letter(message.move, message.unit, _mailbox(message.unit.mailbox))
        channels.mail.send(_mail(message, letter, at), letter.to)
        return
    if silent(_submission(message)):
        raise Dropped("silence")
    if message.channel == Message.SMS:
        channels.sms.open()
        letter = _letter(message, _mobile(_address(message, "phone", at)))
        channels.sms.send(number=letter.to, text=letter.body, key=stable_id(message))
        return
    # Opened before the seal is: while the provider is away nobody's address is looked at.
    channels.mail.open()
    to = _mailbox(_address(message, "email", at)) if channels.mail.opens else ""
    channels.mail.send(_mail(message, _letter(message, to), at), to)


def _submission(message: Message) -> Submission:
    assert message.submission is not None
    return message.submission


def _address(message: Message, field: str, at: dt.datetime) -> str:
    """The address, opened for this one message and kept nowhere. That it was opened is written down: by nobody, for
    this."""
    seal = _submission(message).seal_id
    found = sealing.open_field([seal], field).get(seal, "")
    if not found:
        raise Dropped("no address")
    access_log.note(account=None, page="message", at=at, matter=message.move.matter_id, fields=[field])
    return found


def _mailbox(text: str) -> str:
    try:
        return one_mailbox(text)
    except ValueError:
        raise Dropped("no mailbox") from None


def _mobile(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789+")
    found = _MOBILE.fullmatch(plain)
    if found is None:
        raise Dropped("no mobile telephone")
    return found.group(1)


def _letter(message: Message, to: str) -> Letter:
    """The text in the language in which it was filed."""
    language = _submission(message).language
    with translation.override(language):
        text = text_in_force(message.text)
        return Letter(to, text.subject, texts.fill(text.body, values_of(message)), language)


def values_of(message: Message) -> dict[str, str]:
    """What may stand in a text, in the active language; nothing else of the matter is looked at."""
    reference = _submission(message).reference_id
    return {
        "telephone": telephone(),
        "reference": reference,
        "link": link_to(reference),
        "due": _due(message),
    }


def link_to(reference: str) -> str:
    """The tracking page, with the reference alone. The worker meets no request that could say where the portal is."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    home = origins[0] if origins else f"http://127.0.0.1:{settings.PORT}"
    return f"{home.rstrip('/')}{reverse('portal:case', args=[reference], urlconf='config.urls_portal')}"


def _due(message: Message) -> str:
    """The last day of the limit that runs for the submitter; empty where none does."""
    terms = Term.objects.filter(
        matter=message.move.matter_id, state=Term.RUNNING, due_effective__isnull=False
    )
    term = terms.order_by("due_at", "id").first()
    return day_words(term.due_effective) if term is not None and term.due_effective else ""


def _mail(message: Message, letter: Letter, at: dt.datetime) -> EmailMessage:
    """Plain text, with an iCalendar part beside it where there is one (RFC 6047). The header's own rules refuse a line break in what an administrator wrote."""
    server = settings.MAIL_SERVER
    mail = EmailMessage(policy=SMTP)
    if server is not None:
        mail["From"] = Address(addr_spec=server.sender)
    if letter.to:
        mail["To"] = Address(addr_spec=letter.to)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at.astimezone(SHANGHAI))
    domain = server.sender.rpartition("@")[2] if server is not None else NOWHERE
    mail["Message-ID"] = f"<{stable_id(message)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.reply_to:
        mail["Reply-To"] = Address(addr_spec=letter.reply_to)
    mail.set_content(letter.body)
    if letter.calendar:
        params = {"method": letter.method, "charset": "utf-8"}
        mail.add_alternative(letter.calendar, maintype="text", subtype="calendar", params=params)
    mail["Content-Language"] = letter.language
    return mail
