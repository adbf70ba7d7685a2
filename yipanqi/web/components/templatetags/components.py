"""The components: `{% load components %}`. The page /gallery/ shows each of them in every state.

Shapes are in `yipanqi.web.components.shapes`; a view may pass the dataclass, a mapping of the same names, or any
object with these attributes. All texts are escaped here; pass finished, translated texts.

Actions
    {% button _("提交") %}                                    primary submit; kind="secondary"|"danger"|"quiet"
    {% button _("撤回") kind="danger" name="go" value="withdraw" icon="cross" %}
    {% link_button url _("开始填写") kind="primary" icon="arrow" %}      kind is "secondary" if not said
    {% paper_links _("会议简报") "desk:conference_out" conference.pk "brief" %}   one document as DOCX, PDF and XLSX
    {% language_switch %}   {% display_switch %}                return to this address; to `here` of the context if set
    {% quick_leave %} or {% quick_leave url %}                one tap away from a tracking page
Forms
    {% error_summary form %}                                  or {% error_summary form other_form %}; at the top
    {% field form.text %}                                     any field: text, textarea, select, radios, date, tick
    {% field form.text heading=True %}                        its label is the page's h1 (one question a page)
    {% field form.anonymity hints=hints rows=8 label=_("…") hint=_("…") %}   hints: mapping value -> explanation
    {% fields form %}                                         all fields of a form, hidden ones too
    <form method="post" novalidate data-guard>                data-guard: warn before typed text is left behind
Telling
    {% notice "info" title=_("…") %}…{% endnotice %}          info, success, warning, danger
    {% disclosure _("怎么算的") %}…{% enddisclosure %}         shown=True: unfolded
    {% empty_state _("没有待办") _("下一步……") url=url action=_("登记来电") %}
    {% flash %}                                               Django's messages as notices
    {% reference case.reference %}                            large, grouped by four, can be copied; small=True inline
    {% secret_panel reference secret judges=True %}           shown once; whether one can judge with it
    {% day d %}  {% day d short=True %}  {% moment at %}       <time>
Matters
    {% due term %}                                            date, time left, how it was counted (DueLike)
    {% due term compact=True %}                               for lists
    {% light "red" %}  {% light "red" _("有 3 件超期") %}       green, yellow, red, grey, blue
    {% badge _("办理中") "active" %}                           neutral, active, waiting, done, late
    {% timeline events %}                                     list of EventLike, in the order given; newest_first=True
    {% steps_panel steps %}                                   list of StepCard; title=_("…"); posts with CSRF
    {% person person %}                                       Person
Lists
    {% summary_list rows %}                                   list of Row with change_url or change_go: check answers
    {% facts rows %}                                          list of Row: a plain list of facts
    {% point_map point larger=True %}                         a point in words and on a map, where there is one
    {% queue_table columns rows caption=_("…") %}             Column, TableRow; empty=_("…") for no rows
    {% side_list items label=_("…") %}                        ListItem: the list beside the open case
    {% facets groups %}   {% tabs items label=_("…") %}       FacetGroup; Tab
    {% pager previous_url next_url %}                         keyset pages; an empty url is no link
Figures
    <div class="figures">{% figure _("已超期") 12 url %}</div>  bounded=True: "at least"; colour="red"; note=_("…")
    {% progress_bar done total _("节点") %}
Frames (used by templates/portal/frame.html and templates/desk/frame.html)
    {% site_mark %} {% site_unit %} {% demo_band %} {% portal_nav %} {% desk_bar %} {% site_footer %} {% icon "lock" %}
    Both frames have the blocks title, content, head_extra and before (between navigation and content). The
    desk's has `list` (left of the case), the portal's `quick_leave` ({% block quick_leave %}{% quick_leave %}…).
Layout classes for pages
    .stack (even space between blocks), .actions (row of buttons), .card, .lede, .quiet, .figures, .columns,
    .narrow-only, .wide-only, .no-print, .visually-hidden
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yipanqi.web.components import frames, icons, maps, tables, words
from yipanqi.web.components.fields import anchor, field_view
from yipanqi.web.components.shapes import (
    Colour,
    Column,
    DueLike,
    EventLike,
    Facet,
    FacetGroup,
    ListItem,
    Person,
    Row,
    StepCard,
    Tab,
    TableRow,
    Tone,
    all_shaped,
    shaped,
)

register = template.Library()

NOTICE_ICONS = {"info": "info", "success": "check", "warning": "warning", "danger": "warning"}


# --- actions ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag
def lamp(colour: str) -> SafeString:
    """The sign of a light alone; its word must stand beside it."""
    return icons.lamp(colour)


@register.simple_tag
def button(
    text: str, kind: str = "primary", name: str = "", value: str = "", icon: str = "", form: str = ""
) -> SafeString:
    """A submit button; `name` and `value` tell apart several buttons of one form, `form` is the id of a form that stands
    elsewhere on the page."""
    names = format_html(' name="{}" value="{}"', name, value) if name else ""
    of = format_html(' form="{}"', form) if form else ""
    return format_html(
        '<button type="submit" class="button button-{}"{}{}>{}</button>', kind, names, of, _inside(text, icon)
    )


@register.simple_tag
def link_button(url: str, text: str, kind: str = "secondary", icon: str = "") -> SafeString:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return format_html('<a class="button button-{}" href="{}">{}</a>', kind, url, _inside(text, icon))


@register.simple_tag
def paper_links(label: str, url_name: str, *args: object, query: str = "") -> SafeString:
    """A document to take out, as each kind of file that there is."""
    urls = [(kind.upper(), reverse(url_name, args=[*args, kind]) + query) for kind in ("docx", "pdf", "xlsx")]
    rows = ((url, label, kind, kind) for kind, url in urls)
    return format_html(
        '<span class="no-print">{} {}</span>',
        label,
        format_html_join(" · ", '<a href="{}" aria-label="{} {}">{}</a>', rows),
    )


def _inside(text: str, icon: str) -> SafeString:
    """Drawing and text of a button; an arrow points onwards from behind the text."""
    drawing = icons.icon(icon) if icon else ""
    before, after = ("", drawing) if icon == "arrow" else (drawing, "")
    return format_html("{}<span>{}</span>{}", before, text, after)


# --- forms -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    heading: bool = False,
    hints: Mapping[str, str] | None = None,
    rows: int | None = None,
    label: str = "",
    hint: str = "",
) -> dict[str, Any]:
    view = field_view(bound, label=label, hint=hint, hints=hints, rows=rows)
    return {"field": view, "heading": heading}


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """All fields of a form, one under the other."""
    loader = template.loader.get_template("components/field.html")
    parts = [loader.render({"field": field_view(bound), "heading": False}) for bound in form]
    return mark_safe("".join(parts))  # noqa: S308 - rendered with escaping


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """What is wrong, at the top, each line leading to its field. Nothing where nothing is wrong."""
    problems: list[dict[str, str]] = []
    for form in forms:
        if form is None:
            continue
        problems += [{"id": "", "text": str(error)} for error in form.non_field_errors()]
        for bound in form:
            problems += [
                {"id": "" if bound.is_hidden else anchor(bound), "text": str(error)} for error in bound.errors
            ]
    return {"problems": problems}


# --- telling ---------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    return format_html(
        '<div class="notice notice-{}">{}<div class="notice-body">{}{}</div></div>',
        kind,
        icons.icon(NOTICE_ICONS[kind]),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def disclosure(content: str, summary: str, shown: bool = False) -> SafeString:
    return format_html(
        '<details class="disclosure"{}><summary>{}</summary><div class="disclosure-body">{}</div></details>',
        mark_safe(" open") if shown else "",
        summary,
        content,
    )


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/flash.html", takes_context=True)
def flash(context: Context) -> dict[str, Any]:
    request = context.get("request")
    kinds = {"error": "danger", "warning": "warning", "success": "success"}
    stored = get_messages(request) if request is not None else ()
    return {"told": [{"kind": kinds.get(m.level_tag, "info"), "text": str(m)} for m in stored]}


def grouped(text: str) -> str:
    """A code in groups of four, as it is read aloud; one that has groups already keeps them."""
    if "-" in text or " " in text:
        return text
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


@register.inclusion_tag("components/reference.html")
def reference(text: str, small: bool = False) -> dict[str, Any]:
    return {"text": grouped(str(text)), "small": small}


@register.inclusion_tag("components/secret_panel.html")
def secret_panel(reference: str, secret: str, judges: bool = True) -> dict[str, Any]:
    return {"reference": grouped(str(reference)), "secret": grouped(str(secret)), "judges": judges}


@register.simple_tag
def day(value: dt.date | None, short: bool = False) -> SafeString:
    if value is None:
        return mark_safe("")
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    text = words.short_day_text(value) if short else words.day_text(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag
def moment(at: dt.datetime | None) -> SafeString:
    if at is None:
        return mark_safe("")
    return format_html(
        '<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), words.moment_text(at)
    )


# --- matters ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/due.html")
def due(term: DueLike, compact: bool = False) -> dict[str, Any]:
    return due_context(term, compact)


def due_context(term: DueLike, compact: bool) -> dict[str, Any]:
    """What the template of a limit needs. What its derivation says already is not said twice."""
    told = "\n".join(term.lines)
    return {
        "term": term,
        "reading": words.read_due(term),
        "compact": compact,
        "lines": list(term.lines),
        "rolled": not told
        and term.raw is not None
        and term.effective is not None
        and term.raw != term.effective,
        "provisional": term.provisional and not told,
        "basis": "" if term.basis in told else term.basis,
    }


@register.simple_tag
def light(colour: Colour, word: str = "") -> SafeString:
    return tables.light(colour, word)


@register.simple_tag
def badge(text: str, tone: Tone = "neutral") -> SafeString:
    return tables.badge(text, tone)


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[EventLike], newest_first: bool = False) -> dict[str, Any]:
    """The events in the order given; `newest_first` says which end is now."""
    shown = [
        {
            "at": event.at,
            "label": event.label,
            "who": event.who,
            "text": event.text,
            "due": [due_context(term, compact=False) for term in event.due],
            "facts": list(getattr(event, "facts", ())),
            "veiled": bool(getattr(event, "veiled", False)),
        }
        for event in events
    ]
    return {"events": shown, "newest_first": newest_first}


@register.inclusion_tag("components/steps_panel.html", takes_context=True)
def steps_panel(
    context: Context, steps: Sequence[StepCard | Mapping[str, Any]], title: str = ""
) -> dict[str, Any]:
    """The one step form of every matter. A step whose form was refused is unfolded, so is the only one, unless it ends the
    matter for good or nobody waits for it: neither what cannot be undone nor what is a favour is put before people."""
    cards = all_shaped(StepCard, steps)
    ready = [card for card in cards if not card.why_not]
    shown = [
        {
            "card": card,
            "open": card.open
            or (len(ready) == 1 and not card.danger and not card.unasked)
            or (card.form is not None and bool(card.form.errors)),
        }
        for card in ready
    ]
    return {
        "title": title or _("现在可以做的事"),
        "shown": shown,
        "waiting": [card for card in cards if card.why_not],
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/person.html")
def person(who: Person | Mapping[str, Any]) -> dict[str, Any]:
    return {"person": shaped(Person, who)}


# --- lists -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Row | Mapping[str, Any]]) -> dict[str, Any]:
    return {"rows": all_shaped(Row, rows)}


register.inclusion_tag("components/point_map.html")(maps.point_map)


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Row | Mapping[str, Any]]) -> dict[str, Any]:
    return {"rows": all_shaped(Row, rows)}


@register.inclusion_tag("components/queue_table.html")
def queue_table(
    columns: Iterable[Column | Mapping[str, Any]],
    rows: Iterable[TableRow | Mapping[str, Any]],
    caption: str = "",
    empty: str = "",
) -> dict[str, Any]:
    heads = all_shaped(Column, columns)
    return {
        "columns": heads,
        "rows": tables.rows_html(heads, all_shaped(TableRow, rows)),
        "caption": caption,
        "empty": empty or _("这里现在没有内容"),
    }


@register.inclusion_tag("components/side_list.html")
def side_list(items: Iterable[ListItem | Mapping[str, Any]], label: str) -> dict[str, Any]:
    shown = [
        {"item": item, "due": words.read_due(item.due) if item.due is not None else None}
        for item in all_shaped(ListItem, items)
    ]
    return {"items": shown, "label": label}


@register.inclusion_tag("components/facets.html")
def facets(groups: Iterable[FacetGroup | Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "groups": [
            {"label": group.label, "facets": [frames.counted(f) for f in all_shaped(Facet, group.facets)]}
            for group in all_shaped(FacetGroup, groups)
        ]
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Tab | Mapping[str, Any]], label: str) -> dict[str, Any]:
    return {"tabs": [frames.counted(tab) for tab in all_shaped(Tab, items)], "label": label}


@register.inclusion_tag("components/pager.html")
def pager(previous_url: str = "", next_url: str = "") -> dict[str, Any]:
    return {"previous_url": previous_url, "next_url": next_url}


# --- figures ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/figure.html")
def figure(
    label: str, number: int, url: str = "", bounded: bool = False, colour: str = "", note: str = ""
) -> dict[str, Any]:
    """A number that leads to what stands behind it; `bounded` says that there are at least so many."""
    return {
        "label": label,
        "number": number,
        "url": url,
        "bounded": bounded,
        "lamp": icons.lamp(colour) if colour else "",
        "colour": colour,
        "note": note,
    }


@register.inclusion_tag("components/progress_bar.html")
def progress_bar(done: int, total: int, label: str = "") -> dict[str, Any]:
    return {"done": done, "total": total, "label": label or _("进度")}


# --- frames ----------------------------------------------------------------------------------------------------------

register.simple_tag(frames.site_mark)
register.simple_tag(frames.site_unit, takes_context=True)
register.simple_tag(frames.root_attributes, takes_context=True)
register.inclusion_tag("components/demo_band.html", takes_context=True)(frames.demo_band)
register.inclusion_tag("components/portal_nav.html", takes_context=True)(frames.portal_nav)
register.inclusion_tag("components/desk_bar.html", takes_context=True)(frames.desk_bar)
register.inclusion_tag("components/site_footer.html", takes_context=True)(frames.site_footer)
register.inclusion_tag("components/read_aloud.html")(frames.read_aloud)
register.inclusion_tag("components/language_switch.html", takes_context=True)(frames.language_switch)
register.inclusion_tag("components/display_switch.html", takes_context=True)(frames.display_switch)
register.inclusion_tag("components/quick_leave.html")(frames.quick_leave)
