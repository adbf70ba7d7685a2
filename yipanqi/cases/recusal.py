"""Who may take no step of a case because of what they have to do with it (回避, 信访工作条例 28¶3), as the engine asks before each
step: whoever stepped back or was replaced, and of a review whoever worked on what it reviews.

It is read off the moves: they say who acted, cannot be changed, and no second list can say something else.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases.models import Case
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import Effect, Taking
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Role
from yipanqi.core.standing import standing

STAFF = frozenset({Role.SENDER, Role.LEAD, Role.CO, Role.SUPERIOR})
WORKS = (Role.LEAD.value, Role.CO.value, Role.SUPERIOR.value)
RECUSE, GRANT = "recuse", "grant_recusal"
DECIDING = (GRANT, "refuse_recusal")


def barred(case: Case, viewer: Viewer) -> frozenset[Role]:
    """The parts in which this viewer takes no step of the case."""
    if viewer.account is None:
        return frozenset()
    if viewer.account in _recused(case.matter):
        return STAFF
    if case.reviews is not None and _worked_on(case.reviews, viewer.account):
        return STAFF - {Role.SENDER}
    return frozenset()


def _recused(matter: Matter) -> set[UUID]:
    """Whoever stepped back, and for each request that was granted whoever was the handler then."""
    found: set[UUID] = set()
    for move in standing(matter).moves:
        if move.step in (RECUSE, GRANT):
            who = move.account if move.step == RECUSE else handler(matter, before=move.number, but=found)
            found |= {who} if who else set()
    return found


def handler(matter: Matter, *, before: int | None = None, but: Collection[UUID] = ()) -> UUID | None:
    """Who took the last step for the unit that leads it, of those who are not recused already; None where nobody has yet."""
    aside = (*DECIDING, RECUSE)
    for move in reversed(standing(matter).moves):
        if before is not None and move.number >= before:
            continue
        if move.role == Role.LEAD.value and move.step not in aside and move.account not in (None, *but):
            return move.account
    return None


def _worked_on(case: Case | None, account: UUID) -> bool:
    """Whether this account worked on the case, or on what that reviews: nobody reviews what they decided."""
    ids = []
    while case is not None:
        ids.append(case.pk)
        case = case.reviews
    return Move.objects.filter(matter__in=ids, actor_account=account, actor_role__in=WORKS).exists()


def decide(taking: Taking) -> None:
    """The head decides about somebody else, and there is somebody to decide about."""
    but = _recused(taking.matter)
    found = handler(taking.matter, but=but)
    if found == taking.by.viewer.account:
        raise Refused(
            _("您自己经办过这件事，不能决定自己的回避；请由另一位负责人或者上级决定，或者您自己回避。")
        )
    if found is None and taking.step.name == GRANT:
        raise Refused(_("还没有人经办过这件事，或者经办的人已经回避：请写明理由答复本人。"))


EFFECTS: dict[str, Effect] = dict.fromkeys(DECIDING, decide)
