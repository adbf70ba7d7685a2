"""What is written to the duty mailbox of a unit about a planned conference, for a calendar program and for whoever reads
mail (docs/adr/0036). It says what the unit's calendar feed says and no more."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from yipanqi.core.counting import SHANGHAI
from yipanqi.core.models import Move
from yipanqi.meetings import inviting
from yipanqi.meetings.calendars import Entry
from yipanqi.notices.channels import Dropped
from yipanqi.notices.letters import Letter, day_words
from yipanqi.organisations.models import Unit


def letter(move: Move, unit: Unit, mailbox: str) -> Letter:
    """What the unit is written of the meeting as it stands now, in the language of the offices. Raises `Dropped` where a
    later move says it anew."""
    with translation.override(settings.LANGUAGE_CODE):
        told = inviting.invite(move, unit, mailbox=mailbox, url=_page(move))
        # Asked after the meeting was read: what changes in between has written, or will write, a message of its own.
        if inviting.overtaken(move, unit.pk):
            raise Dropped("overtaken")
        subject, begins = _words(told.news)
        title = str(told.entry.conference)
        return Letter(
            to=mailbox,
            subject=subject % {"title": title},
            body="\n".join(
                [
                    _("%(unit)s：") % {"unit": str(unit)},
                    "",
                    begins,
                    "",
                    *_facts(told.entry),
                    "",
                    *_foot(told, move),
                ]
            ),
            language=settings.LANGUAGE_CODE,
            calendar=told.calendar,
            method=told.method,
            reply_to=told.entry.mailbox,
        )


def _words(news: str) -> tuple[str, str]:
    return {
        "convened": (_("会议通知：%(title)s"), _("请贵单位参加下面的会议。")),
        "changed": (_("会议变更：%(title)s"), _("会议的时间或会场有变更，以本邮件为准。")),
        "cancelled": (_("会议取消：%(title)s"), _("下面的会议不开了。")),
        "uninvited": (_("撤回邀请：%(title)s"), _("贵单位不用参加下面的会议了。")),
    }[news]


def _facts(entry: Entry) -> list[str]:
    one = entry.conference
    assert one.starts_at is not None
    assert one.ends_at is not None
    begins, ends = one.starts_at.astimezone(SHANGHAI), one.ends_at.astimezone(SHANGHAI)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{day_words(ends.date())} {ends:%H:%M}"
    return [
        _("会议：%(title)s（%(number)s）") % {"title": str(one), "number": one.number},
        _("时间：%(begins)s 至 %(ends)s（北京时间）")
        % {"begins": f"{day_words(begins.date())} {begins:%H:%M}", "ends": until},
        _("地点：%(place)s") % {"place": entry.place},
        _("召集：%(unit)s") % {"unit": entry.convener},
    ]


def _foot(told: inviting.Invite, move: Move) -> list[str]:
    answers = {
        "convened": _("请在这里答复谁来（须登录）："),
        "changed": _("来不了的请在这里改答复（须登录）："),
        "cancelled": _("理由见这里（须登录）："),
    }
    lines = [answers[told.news], _page(move), ""] if told.news in answers else []
    if told.news in ("convened", "changed"):
        lines.append(_("附带的日程可以收进日历。日历程序里的“接受”“拒绝”没有人看，不算答复。"))
    return [*lines, _("这是自动发出的邮件。")]


def _page(move: Move) -> str:
    """The meeting's page. The worker meets no request that could say where the desk is: the last of the origins."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    home = origins[-1] if origins else f"http://127.0.0.1:{settings.PORT}"
    return f"{home.rstrip('/')}{reverse('desk:matter', args=[move.matter_id], urlconf='config.urls_desk')}"
