"""The offer to mend what a clerk clears: what would change, and one tick to take it. The words as they were said stay
sealed; what was changed goes into the record of the step (cases/actions.py)."""

from __future__ import annotations

from collections import Counter

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from yipanqi.text.clean import Change, Mended, clean

MEND = "mend"
MOST = 8  # changes that are named
# A long letter is on the page already: of it the places that change are shown, so that the tick stays in sight.
WHOLE = 240
AROUND = 12  # characters on either side of a change


def offer(form: forms.Form) -> None:
    """Put beside the tick what it would do; take it away where there is nothing to mend."""
    if MEND not in form.fields:
        return
    typed = [str(form[name].value() or "") for name in ("title", "text")]
    found = [clean(each) for each in typed]
    changes = [change for each in found for change in each.changes]
    if not changes:
        del form.fields[MEND]
        return
    preview = "\n".join(_excerpt(each) for each in found if each.changes)
    # A form that was posted has made its bound fields already: the help stands there.
    form[MEND].help_text = format_html(
        "{} {}<br>{}<br>{}", _told(len(changes)), _named(changes), _("修补后："), _lines(preview)
    )


def offered(*texts: str) -> str:
    """How much there is to mend in words that were just taken in; empty where there is nothing."""
    number = sum(len(clean(each).changes) for each in texts)
    return _told(number) if number else ""


def _told(number: int) -> str:
    text = ngettext("文字有 %(n)d 处可以修补。", "文字有 %(n)d 处可以修补。", number) % {"n": number}
    return str(text)


def _named(changes: list[Change]) -> SafeString:
    """The most frequent changes, each once: “會”改为“会”."""
    counted = Counter((change.before, change.after) for change in changes).most_common(MOST)
    lines = []
    for (before, after), _times in counted:
        text = _("%(before)s改为%(after)s") if after else _("删去%(before)s")
        said = {"before": _visible(before), "after": _visible(after)}
        lines.append((text % {name: _("“%(what)s”") % {"what": word} for name, word in said.items()},))
    return format_html_join(_("；"), "{}", lines)


def _excerpt(mended: Mended) -> str:
    """The mended text, or of a long one the places that were changed, as many as there is room for."""
    if len(mended.text) <= WHOLE:
        return mended.text
    spans: list[tuple[int, int]] = []
    grown = 0  # by how much what was mended so far is longer than it was
    for change in mended.changes:
        start = change.start + grown
        end = start + len(change.after)
        grown += len(change.after) - len(change.before)
        first, last = max(0, start - AROUND), min(len(mended.text), end + AROUND)
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], last)
        elif sum(e - s for s, e in spans) < WHOLE:
            spans.append((first, last))
        else:
            break
    said = "…".join(" ".join(mended.text[first:last].split()) for first, last in spans)
    before, after = spans[0][0] > 0, spans[-1][1] < len(mended.text)
    return f"{'…' if before else ''}{said}{'…' if after else ''}"


def _visible(text: str) -> str:
    """A line break by its name and a control character as its code: nobody sees them otherwise."""
    named = text.replace("\n", _("换行"))
    shown = "".join(each if each.isprintable() else f"U+{ord(each):04X}" for each in named)
    return shown if len(shown) <= 20 else shown[:20] + "…"


def _lines(text: str) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.split("\n")))
