"""What the pictures are taken of: the generated city in a product of its own, and how to find things in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page

if TYPE_CHECKING:
    from yipanqi.cases.models import Case
    from yipanqi.core.models import Matter
    from yipanqi.meetings.models import Conference, Line

LONG = "办理情况如下：" + "经现场查看，情况属实，已安排人员处理，并请附近居民一同确认。" * 12


@dataclass
class Stage:
    """The city behind the pages. Models are imported late: they need settings, which need the product's home."""

    secrets: dict[str, str] = field(default_factory=dict)

    def matter(self, login: str, *states: str, kind: str = "order", **more: Any) -> Matter:
        """The matter with the longest history that this account finds in one of these states."""
        from django.utils import timezone

        from yipanqi.core import gate
        from yipanqi.core.gate import Channel
        from yipanqi.core.models import Matter
        from yipanqi.organisations.access import viewer_of
        from yipanqi.people.models import Account

        viewer = viewer_of(Account.objects.get(login=login), timezone.now())
        found = Matter.objects.filter(gate.visible(viewer, Channel.DESK), procedure=kind, state__in=states)
        one = found.filter(**more).order_by("-moves_count", "pk").first()
        assert one is not None, f"{login} finds no {kind} that is {' or '.join(states)}"
        return one

    def page_of(self, login: str, *states: str, unfold: str = "", **more: Any) -> str:
        """The address of such a matter's page, with a step unfolded."""
        from django.urls import reverse

        address = reverse("desk:matter", args=[self.matter(login, *states, **more).pk])
        return f"{address}?step={unfold}" if unfold else address

    def tracked(self, state: str, **more: Any) -> tuple[str, str]:
        """Reference and secret of a case in this state that its submitter may judge; the secret is a new one, for
        nobody knows the old."""
        from django.utils import timezone

        from yipanqi.cases.models import Case
        from yipanqi.cases.references import issue_secret

        found = Case.objects.filter(matter__state=state, submission__channel="portal", **more)
        case: Case | None = found.order_by("-matter__moves_count", "pk").first()
        assert case is not None, f"no case of the portal is {state}"
        if case.number not in self.secrets:
            self.secrets[case.number] = issue_secret(
                submission=case.submission, at=timezone.now(), issued_by=None
            )
        return case.number, self.secrets[case.number]

    @cached_property
    def conference(self) -> Conference:
        from yipanqi.meetings.models import Conference

        return Conference.objects.get()

    def line(self, **which: Any) -> Line:
        from yipanqi.meetings.models import Line

        found = Line.objects.filter(conference=self.conference, **which).order_by("number").first()
        assert found is not None, f"no line is {which}"
        return found

    @cached_property
    def unit(self) -> Any:
        """A unit with duties."""
        from yipanqi.organisations.models import Unit

        return Unit.objects.get(code="city-management")

    def without_post(self) -> str:
        """The login of an account that holds no post."""
        from django.utils import timezone

        from yipanqi.demo.load import PASSWORD
        from yipanqi.people.actions import create_accounts
        from yipanqi.people.models import Account

        if not Account.objects.filter(login="newcomer").exists():
            row = ("newcomer", "示例新同事", "business")
            create_accounts(rows=[row], password=PASSWORD, by=None, at=timezone.now())
        return "newcomer"

    @staticmethod
    def day(ahead: int) -> str:
        from django.utils import timezone

        return (timezone.localdate() + dt.timedelta(days=ahead)).isoformat()


Address = Callable[[Stage], str]
Doing = Callable[[Page, Stage], None]


@dataclass(frozen=True)
class Shot:
    """One picture: on which sheet, of whose page, and what is done there first. `address` None: the route's own.

    `large`: with the residents' large print. `login`: an account of the demo city; none for a visitor."""

    key: str
    sheet: str
    login: str = ""
    address: Address | None = None
    do: Doing | None = None
    large: bool = False
