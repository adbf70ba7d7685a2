"""What a role may do, and the desk as it sees it: for the security administrator, who gives roles out and reads no
business content. Nothing but samples is shown, nothing can be done, and each look is written down."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import all_kinds
from yipanqi.core.procedure import Procedure, Role as Part
from yipanqi.insight.queue import SEEING
from yipanqi.people.capabilities import CAPABILITIES
from yipanqi.people.models import Role
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.desk import matter, queue
from yipanqi.web.desk.nav import places_of
from yipanqi.web.desk.samples import STATES, Samples, samples
from yipanqi.web.desk.words import duty_word, part_word

QUEUE = "queue"
STAFF = (Part.SENDER, Part.LEAD, Part.CO)


@staff("accounts.manage")
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """The roles, each with its duty."""
    rows = [
        TableRow(
            cells={"name": str(one), "duty": duty_word(one.duty), "may": len(one.capabilities)},
            url=reverse("desk:role", args=[one.pk]),
        )
        for one in Role.objects.order_by("duty", "code")
    ]
    columns = [
        Column("name", _("角色"), main=True),
        Column("duty", _("哪一类职责")),
        Column("may", _("几项权限"), "number"),
    ]
    return render(request, "desk/roles.html", {"columns": columns, "rows": rows})


@staff("accounts.manage")
@require_safe
def role(request: HttpRequest, role_code: str) -> HttpResponse:
    """One role: what it may do, which pages it has, and which steps of each procedure it can take."""
    one = get_object_or_404(Role, pk=role_code)
    _note(request, one)
    # Scopes do not matter for which pages there are.
    anywhere = Viewer(capabilities=dict.fromkeys(one.capabilities, ("/",)))
    sees = any(anywhere.has(capability) for capability in SEEING)
    context = {
        "role": one,
        "duty": duty_word(one.duty),
        "capabilities": [str(CAPABILITIES[c][1]) for c in one.capabilities if c in CAPABILITIES],
        "places": [str(place.label) for place, _url in places_of(anywhere)],
        "procedures": [p for kind in all_kinds() if (p := _steps_of(kind.procedure, one))["steps"]],
        "shown": _shown() if sees else [],
    }
    return render(request, "desk/role.html", context)


def _steps_of(procedure: Procedure, one: Role) -> dict[str, Any]:
    """The steps that the role's capabilities are enough for, each with the part its unit must have."""
    steps = []
    for step in procedure.steps:
        parts = [part for part in step.by if part in STAFF and step.needed(part) in one.capabilities]
        if parts:
            units = _("、").join(part_word(part.value, procedure.code) for part in parts)
            steps.append({"label": str(step.label), "units": units})
    return {"label": str(procedure.label), "steps": steps}


def _shown() -> list[tuple[str, str]]:
    """What can be looked at: the queue, and a matter in each state of the usual way."""
    order = next(kind.procedure for kind in all_kinds() if kind.procedure.code == "order")
    states = [(state, _("一件事：%(state)s") % {"state": str(order.state[state].label)}) for state in STATES]
    return [(QUEUE, _("待办列表")), *states]


@dataclass(frozen=True)
class Band:
    """What stands above a page that is only looked at."""

    title: str
    back: str


@staff("accounts.manage")
@require_safe
def preview(request: HttpRequest, role_code: str, shown: str) -> HttpResponse:
    """The queue or a matter as this role sees it, of samples."""
    one = get_object_or_404(Role, pk=role_code)
    sees = any(capability in SEEING for capability in one.capabilities)
    if not sees or shown not in (QUEUE, *STATES):
        raise Http404
    _note(request, one, shown)
    try:
        with samples(timezone.now()) as made:
            return _as_seen(request, one, shown, made)
    except Refused as refusal:
        return render(request, "desk/role_empty.html", {"role": one, "why": refusal.message})


def _note(request: HttpRequest, one: Role, *more: str) -> None:
    """Before anything is made: what is written while there are samples is gone with them."""
    account = viewer_of_request(request).account
    access_log.note(account=account, page="role_preview", at=timezone.now(), fields=[f"role:{one.pk}", *more])


def _as_seen(request: HttpRequest, one: Role, what: str, made: Samples) -> HttpResponse:
    """The very page, for somebody with this role at the sample units. Its links to the samples, and those of the queue to
    itself, lead back here."""
    viewer = made.viewer(one.capabilities)
    seat = str(made.seat(one.capabilities))
    title = _("按角色预览：%(role)s，坐在%(unit)s") % {"role": str(one), "unit": seat}
    shadow: Any = copy.copy(request)
    shadow.own = request
    shadow._viewer, shadow._postings = viewer, []
    shadow.preview = Band(title, reverse("desk:role", args=[one.pk]))
    if what == QUEUE:
        page = queue.queue(shadow)
    elif what not in made.matters:
        raise Refused(_("还没有类别和地点，示例走不到这一步。"))
    else:
        try:
            page = matter.matter(shadow, made.matters[what])
        except Http404:
            raise Refused(_("走到这一步的事，这个角色看不到。")) from None
    queues, here = reverse("desk:queue"), reverse("desk:role_preview", args=[one.pk, QUEUE])
    text = page.content.decode().replace(f'href="{queues}?', f'href="{here}?')
    for state, pk in made.matters.items():
        # With all that lies below: no step, file or letter of a sample is anywhere.
        below = re.escape(reverse("desk:matter", args=[pk])) + r'[^"?#]*'
        text = re.sub(f'="{below}', f'="{reverse("desk:role_preview", args=[one.pk, state])}', text)
    page.content = text.encode()
    return page
