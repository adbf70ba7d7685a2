"""What others said and what came of it: the published cases, for everybody, a list and a page each.

Read anew each time and kept in no cache: what a submitter takes back is gone at once.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _, ngettext, pgettext
from django.views.decorators.http import require_safe

from yipanqi.cases.models import Publication
from yipanqi.cases.queries import others as page_of, published
from yipanqi.organisations.models import Area, Category
from yipanqi.web.access import public
from yipanqi.web.components.shapes import Row
from yipanqi.web.portal.promises import kind_names
from yipanqi.web.steps import Choice

FACETS = ("kind", "category", "area")


class Facets(forms.Form):
    """What of it is looked for: codes alone, never a word that somebody typed."""

    use_required_attribute = False

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data, label_suffix="")
        above = Category.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("code")
        districts = Area.objects.filter(parent__isnull=False, parent__parent__isnull=True).order_by("path")
        for name, label, choices in (
            ("kind", _("哪一种"), list(kind_names().items())),
            ("category", _("什么事"), [(row.pk, str(row)) for row in above]),
            ("area", _("哪个区县"), [(row.pk, str(row)) for row in districts]),
        ):
            self.fields[name] = Choice(label=label, choices=[("", _("全部")), *choices])

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen of what is offered; anything else is nothing."""
        offered = {name: {str(code) for code, _label in self._choices(name)} for name in FACETS}
        return {n: self.data[n] for n in FACETS if self.data.get(n) and self.data[n] in offered[n]}

    def _choices(self, name: str) -> list[tuple[str, str]]:
        return list(self.fields[name].choices)  # type: ignore[attr-defined]


@public
@require_safe
def others(request: HttpRequest) -> HttpResponse:
    """The list, the newest first."""
    form = Facets({name: request.GET.get(name, "") for name in FACETS})
    chosen = form.chosen
    place = {name: request.GET.get(name, "")[:10].replace("\x00", "") for name in ("after", "before")}
    page = page_of(published(**chosen), after=place["after"], before=place["before"])
    context = {
        "form": form,
        "chosen": bool(chosen),
        "rows": [_shown(row) for row in page.rows],
        "previous": _url(chosen, before=page.previous) if page.previous else "",
        "next": _url(chosen, after=page.next) if page.next else "",
    }
    return render(request, "portal/others.html", context)


def _url(chosen: dict[str, str], **place: str) -> str:
    return f"{reverse('portal:others')}?{urlencode(chosen | place)}"


@public
@require_safe
def other(request: HttpRequest, number: str) -> HttpResponse:
    """One of them; nothing of what was taken off or never was."""
    row = published().filter(number=number[:10]).first()
    if row is None:
        raise Http404
    facts = [
        Row(_("答复单位"), str(row.unit)),
        Row(_("用了多久"), _days(row.working_days)),
        Row(_("答复时间"), _month(row)),
        Row(_("哪一种"), kind_names()[row.kind]),
        Row(_("什么事"), str(row.category)),
        Row(_("哪里"), str(row.area)),
    ]
    if row.solved is not None:
        facts.append(Row(_("本人说"), _("解决了") if row.solved else _("没有解决")))
    return render(request, "portal/other.html", {"one": _shown(row), "facts": facts})


def _shown(row: Publication) -> dict[str, object]:
    return {
        "url": reverse("portal:other", args=[row.number]),
        "title": row.title,
        "said": row.said,
        "came_of_it": row.came_of_it,
        "lang": language_of(row.said + row.came_of_it),
        "about": " · ".join((kind_names()[row.kind], str(row.category), str(row.area))),
        "when": _("%(unit)s，%(month)s答复") % {"unit": str(row.unit), "month": _month(row)},
        "solved": row.solved,
    }


def _month(row: Publication) -> str:
    return dateformat.format(row.month, pgettext("date format", "Y年n月"))


def _days(days: int) -> str:
    if not days:
        return _("当天")
    return ngettext("%(n)d 个工作日", "%(n)d 个工作日", days) % {"n": days}


def language_of(text: str) -> str:
    """In which of the two languages a text was written: a reader's voice should know."""
    return "zh-Hans" if any("一" <= character <= "鿿" for character in text) else "en"
