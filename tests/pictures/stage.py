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
    from yipanqi.meetings.exchange_models import Exchange
    from yipanqi.meetings.mechanism_models import Mechanism
    from yipanqi.meetings.models import Conference, Line
    from yipanqi.meetings.plan_models import Plan
    from yipanqi.people.models import Account

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
    def published(self) -> str:
        """The number of a public page: of the longest text."""
        from yipanqi.cases.models import Publication

        return max(Publication.objects.filter(withdrawn_at=None), key=lambda row: len(row.came_of_it)).number

    @cached_property
    def conference(self) -> Conference:
        from yipanqi.meetings.models import Conference

        return Conference.objects.get(matter=None)

    @cached_property
    def instruction(self) -> Conference:
        """A leader's instruction that was given and is being handed out, made here."""
        from tests.pictures.conferences import instruct

        return instruct()

    @cached_property
    def mechanism(self) -> Mechanism:
        """A coordination mechanism with a problem before it, made here."""
        from tests.pictures.conferences import coordinate

        return coordinate(self.matter("drafter", "working", kind="task"))

    @cached_property
    def exchange(self) -> Exchange:
        """What a unit told at the conference, shared here."""
        from tests.pictures.conferences import share

        return share(self.conference)

    @cached_property
    def planned(self) -> dict[str, Conference]:
        """Two planned conferences, made here: the next one is being prepared, to the other units are invited."""
        from tests.pictures.conferences import plan_two

        return plan_two()

    @cached_property
    def decomposed(self) -> Plan:
        """A decomposition plan, made here: units are consulted, one agrees and one disputes its role."""
        from tests.pictures.conferences import decompose

        return decompose(self.conference)

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

    def account(self, login: str) -> Account:
        """An account that holds no post, made where it is not there yet."""
        from django.utils import timezone

        from yipanqi.demo.load import PASSWORD
        from yipanqi.people.actions import create_accounts
        from yipanqi.people.models import Account

        found = Account.objects.filter(login=login).first()
        row = (login, "示例新同事", "business")
        return found or create_accounts(rows=[row], password=PASSWORD, by=None, at=timezone.now())[0]

    def without_post(self) -> str:
        """The login of an account that holds no post."""
        return self.account("newcomer").login

    def with_app(self) -> str:
        """The login of an account that shows a code of an app besides its password."""
        from django.utils import timezone

        from yipanqi.people import factors, queries
        from yipanqi.people.actions import add_app

        account, now = self.account("careful"), timezone.now()
        if not queries.has_factor(account):
            secret = factors.new_secret()
            code = factors.code_at(secret, now)
            add_app(account=account, secret=secret, code=code, name="工作手机", at=now)
        return account.login

    def reset_page(self) -> str:
        """The page on which an account is reset that signs in nowhere else."""
        from django.urls import reverse

        return reverse("desk:reset", args=[self.account("forgetful").pk])

    @staticmethod
    def day(ahead: int) -> str:
        from django.utils import timezone

        return (timezone.localdate() + dt.timedelta(days=ahead)).isoformat()


Address = Callable[[Stage], str]
Doing = Callable[[Page, Stage], None]


@dataclass(frozen=True)
class Shot:
    """One picture: on which sheet, of whose page, and what is done there first. `address` None: the route's own.

    `contrast`: in high contrast. `login`: an account of the demo city; none for a visitor."""

    key: str
    sheet: str
    login: str = ""
    address: Address | None = None
    do: Doing | None = None
    contrast: bool = False
