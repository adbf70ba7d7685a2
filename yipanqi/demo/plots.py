"""The plots of generated orders: how one came to where it stands.

Days are working days. A term of k working days begun on day d has passed at "now" exactly when d + k <= 0,
since "now" lies after the end of day 0 and before the end of day 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from yipanqi.demo import phrases
from yipanqi.demo.drafting import CLOSES, Draft
from yipanqi.demo.shapes import ActorName, Channel, Story
from yipanqi.demo.texts import Message

OLDEST = -41  # working days: some 60 calendar days
WINDOW = 14  # working days that are surely longer than the 15 calendar days in which a submitter evaluates

Titles = tuple[str, str]


@dataclass(slots=True)
class Context:
    """What a plot is written with: the draft, the message, the category, and who takes a returned order."""

    draft: Draft
    said: Message
    category: str
    other: str
    other_name: str
    reply_text: str = ""

    @property
    def random(self) -> Random:
        return self.draft.random

    @property
    def by_call(self) -> bool:
        """Whether the office speaks with the submitter: nobody can call who left no number."""
        return self.draft.filing.at_desk and self.draft.filing.resident is not None

    def pick(self, texts: tuple[str, ...]) -> str:
        return self.random.choice(texts)

    # -- pieces of which plots are made

    def register(self, *, evenings: bool = True) -> None:
        filing = self.draft.filing
        evening = evenings and not filing.at_desk and self.random.random() < 0.3
        self.draft.add(
            "register",
            "clerk" if filing.at_desk else "submitter",
            hour=self.random.randint(19, 21) if evening else self.random.randint(8, 10),
        )

    def clear(self, *, today: bool = False) -> None:
        tomorrow = self.draft.hour >= CLOSES or (not today and self.random.random() < 0.25)
        self.draft.add(
            "clear",
            "clerk",
            after=1 if tomorrow else 0,
            title=self.said.title,
            text=self.said.cleared,
            category=self.category,
            area=self.draft.filing.area,
        )

    def route(self, days: int = 0) -> None:
        self.draft.add("route", "clerk", after=days, unit=self.draft.lead, co_units=self.draft.co_units)

    def intake(self) -> None:
        self.register()
        self.clear()
        self.route()

    def accept(self) -> None:
        self.draft.add("accept", "lead", after=self.random.choice((0, 1)))
        if self.draft.co_units and self.random.random() < 0.7:
            self.draft.add("contribute", "co", text=self.pick(phrases.CO_TEXTS))

    def give_back(self) -> None:
        reason = self.pick(phrases.RETURN_REASONS).format(other=self.other_name)
        self.draft.add("request_return", "lead", reason=reason)

    def ask(self, days: int) -> None:
        question, self.reply_text = self.random.choice(phrases.QUESTIONS)
        self.draft.add("ask", "lead", after=days, question=question)

    def reply(self, days: int) -> None:
        actor: ActorName = "clerk" if self.by_call else "submitter"
        self.draft.add("reply", actor, after=days, text=self.reply_text)

    def request_hold(self, days: int) -> None:
        # At most 100 working days: with the long holidays that stays below the 180 days allowed.
        review = self.draft.in_days(self.random.randint(60, 100))
        plan = phrases.HOLD_PLANS[self.category]
        self.draft.add("request_hold", "lead", after=days, plan=plan, review_on=review)

    def request_extension(self, days: int, *, longer: int = 5) -> str:
        """Returns the reason, which the submitter is told when it is granted."""
        reason = self.pick(phrases.EXTENSION_REASONS)
        self.draft.add("request_extension", "lead", after=days, reason=reason, days=longer)
        return reason

    def answer(self, days: int, *, second: bool = False) -> None:
        text = phrases.SECOND_ANSWER.format(core=self.said.core) if second else self.said.answer
        self.draft.add("answer", "lead", after=days, text=text, outcome=self.said.outcome)

    def serve(self, days: int) -> None:
        filing = self.draft.filing
        if filing.resident is None:
            method = "portal"
        else:
            method = {
                "portal": self.pick(("portal", "portal", "message")),
                "phone": "phone",
                "visit": "in_person",
                "paper": "post",
            }[filing.channel]
        proof = self.pick(phrases.PROOFS[method])
        served_on = self.draft.in_days(days)
        self.draft.add("serve", "auditor", after=days, method=method, proof=proof, served_on=served_on)

    def handled(self, *, late: bool = False, second: bool = False) -> None:
        """From handling to served; late means after five working days from forwarding."""
        begun = self.draft.days_since("second_due" if second else "route")
        due = 5 - begun
        self.answer(
            due + self.random.randint(1, 3) if late else self.random.randint(1, max(1, due)), second=second
        )
        self.serve(self.random.choice((0, 1)))

    def evaluate(self, grade: str, days: int) -> None:
        """What the submitter says of the answer, in writing or when called back.

        Nothing where that cannot be: an anonymous caller has only the secret that a clerk handed out, and a
        secret that staff have seen does not judge.
        """
        if self.draft.filing.at_desk and not self.by_call:
            return
        solved = "no" if grade == "not_satisfied" else "yes"
        by_call = self.by_call
        self.draft.add(
            "record_verdict" if by_call else "evaluate",
            "callback" if by_call else "submitter",
            after=days,
            grade=grade,
            solved=solved,
            pressed=grade != "not_satisfied" and self.random.random() < 0.01,
            comment=self.pick(phrases.COMMENTS[grade]),
        )

    def close(self) -> None:
        """The window's end: at night, by the system, on a day surely after the fifteenth."""
        self.draft.add("close", "system", after=WINDOW - self.draft.days_since("serve"))


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with its weight in a thousand.

    `channel` where it needs the submitter's own hand, `leaves` where it makes sense in some categories only,
    `judged` where it cannot go on without the submitter's verdict.
    """

    name: str
    weight: int
    write: Callable[[Context, str, Titles], Story]
    channel: Channel | None = None
    leaves: tuple[str, ...] = ()
    judged: bool = False


def _registered(c: Context, key: str, titles: Titles, *, late: bool = False) -> Story:
    c.register()
    return c.draft.story(
        key, titles, "register", -3 if late else 0, -1 if late else 0, "registered", late=late
    )


def _registered_late(c: Context, key: str, titles: Titles) -> Story:
    return _registered(c, key, titles, late=True)


def _cleared(c: Context, key: str, titles: Titles) -> Story:
    c.register(evenings=False)
    c.clear(today=True)
    return c.draft.story(key, titles, "clear", 0, 0, "registered")


def _forwarded(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    return c.draft.story(key, titles, "route", 0, 0, "forwarded")


def _forwarded_late(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    return c.draft.story(key, titles, "route", -3, -1, "forwarded", late=True)


def _return_wanted(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.give_back()
    return c.draft.story(key, titles, "route", 0, 0, "forwarded", pending="return")


def _returned(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.give_back()
    c.draft.add("agree_return", "sender")
    return c.draft.story(key, titles, "agree_return", 0, 0, "registered")


def _rerouted(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.give_back()
    c.draft.add("agree_return", "sender", after=1)
    c.draft.lead, c.draft.co_units = c.other, ()
    c.route()
    c.accept()
    return c.draft.story(key, titles, "route", -4, 0, "handling")


def _return_refused(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.give_back()
    c.draft.add("refuse_return", "sender", reason=c.pick(phrases.REFUSE_RETURN_REASONS))
    c.draft.add("accept", "lead", after=1)
    return c.draft.story(key, titles, "route", -4, -1, "handling")


def _handling(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    return c.draft.story(key, titles, "route", -4, 0, "handling")


def _handling_late(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    return c.draft.story(key, titles, "route", -12, -5, "handling", late=True)


def _extension_wanted(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.request_extension(1)
    return c.draft.story(key, titles, "route", -4, -1, "handling", pending="extension")


def _extended(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    notice = phrases.EXTENSION_NOTICE.format(reason=c.request_extension(2))
    c.draft.add("approve_extension", "sender", notice=notice)
    return c.draft.story(key, titles, "route", -9, -3, "handling")


def _extension_refused(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.request_extension(1, longer=10)
    c.draft.add("refuse_extension", "sender", reason=c.pick(phrases.REFUSE_EXTENSION_REASONS))
    return c.draft.story(key, titles, "route", -4, -1, "handling")


def _hold_wanted(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.request_hold(1)
    return c.draft.story(key, titles, "route", -4, -1, "handling", pending="hold")


def _on_hold(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.request_hold(2)
    notice = phrases.HOLD_NOTICE.format(plan=phrases.HOLD_PLANS[c.category])
    c.draft.add("approve_hold", "sender", after=c.random.choice((0, 1)), notice=notice)
    return c.draft.story(key, titles, "approve_hold", -25, 0, "on_hold")


def _hold_refused(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.request_hold(1)
    c.draft.add("refuse_hold", "sender", reason=c.pick(phrases.REFUSE_HOLD_REASONS))
    return c.draft.story(key, titles, "route", -4, -1, "handling")


def _asked(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.ask(c.random.randint(0, 2))
    return c.draft.story(key, titles, "ask", -4, 0, "asked")


def _replied(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.ask(1)
    c.reply(1)
    return c.draft.story(key, titles, "route", -4, -2, "handling")


def _reply_lapsed(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.ask(0)
    c.draft.add("reply_lapsed", "system", after=6)
    return c.draft.story(key, titles, "reply_lapsed", -1, 0, "handling")


def _answered(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.answer(c.random.randint(1, 3))
    return c.draft.story(key, titles, "answer", 0, 0, "answered")


def _answered_late(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.answer(c.random.randint(1, 3))
    return c.draft.story(key, titles, "answer", -3, -1, "answered", late=True)


def _sent_back(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.answer(1)
    c.draft.add("send_back", "auditor", after=1, reason=c.pick(phrases.SEND_BACK_REASONS))
    return c.draft.story(key, titles, "route", -4, -2, "handling")


def _served(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.handled(late=c.random.random() < 0.12)
    return c.draft.story(key, titles, "serve", -6, 0, "served")


def _evaluated(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.handled()
    c.evaluate(c.random.choices(("satisfied", "basically", "not_satisfied"), (60, 20, 20))[0], 1)
    return c.draft.story(key, titles, "serve", -6, -1, "served")


def _second(c: Context, key: str, titles: Titles) -> Story:
    """The submitter asks for the second handling at once and is told that the handler will know."""
    c.intake()
    c.accept()
    c.handled()
    c.evaluate("not_satisfied", 1)
    c.draft.add("second_handling", "submitter", understood=True)
    return c.draft.story(key, titles, "second_handling", -4, 0, "handling")


def _second_due(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.accept()
    c.handled()
    c.evaluate("not_satisfied", 2)
    c.draft.add("second_due", "system", after=WINDOW - c.draft.days_since("serve"))
    return c.draft.story(key, titles, "second_due", -4, 0, "handling")


def _closed(c: Context, key: str, titles: Titles, grade: str | None) -> Story:
    c.intake()
    c.accept()
    if c.random.random() < 0.06:
        c.ask(1)
        c.reply(1)
    c.handled(late=c.random.random() < 0.08)
    if grade is not None:
        c.evaluate(grade, c.random.randint(1, 5))
    c.close()
    return c.draft.story(key, titles, "register", OLDEST, 0, "closed")


def _closed_satisfied(c: Context, key: str, titles: Titles) -> Story:
    return _closed(c, key, titles, "satisfied")


def _closed_basically(c: Context, key: str, titles: Titles) -> Story:
    return _closed(c, key, titles, "basically")


def _closed_silent(c: Context, key: str, titles: Titles) -> Story:
    return _closed(c, key, titles, None)


def _closed_after_second(c: Context, key: str, titles: Titles) -> Story:
    c.intake()
    c.draft.add("accept", "lead")
    c.answer(1)
    c.serve(1)
    c.evaluate("not_satisfied", 1)
    c.draft.add("second_due", "system", after=WINDOW - c.draft.days_since("serve"))
    c.handled(second=True)
    c.evaluate(c.random.choices(("satisfied", "basically", "not_satisfied"), (35, 20, 45))[0], 1)
    c.close()
    return c.draft.story(key, titles, "register", OLDEST, 0, "closed")


def _withdrawn(c: Context, key: str, titles: Titles) -> Story:
    c.register()
    if c.random.random() < 0.7:
        c.clear()
        c.route()
        if c.random.random() < 0.5:
            c.draft.add("accept", "lead")
    c.draft.add("withdraw", "submitter", after=1, reason=c.pick(phrases.WITHDRAW_REASONS))
    return c.draft.story(key, titles, "register", OLDEST, 0, "withdrawn")


def _redirected(c: Context, key: str, titles: Titles) -> Story:
    c.register()
    c.clear()
    c.draft.add("redirect", "clerk", where=phrases.REDIRECTS[c.category])
    return c.draft.story(key, titles, "register", OLDEST, 0, "redirected")


PLOTS = (
    Plot("registered", 28, _registered),
    Plot("registered late", 4, _registered_late),
    Plot("cleared", 14, _cleared),
    Plot("forwarded", 34, _forwarded),
    Plot("forwarded late", 6, _forwarded_late),
    Plot("return wanted", 6, _return_wanted),
    Plot("returned", 5, _returned),
    Plot("rerouted", 10, _rerouted),
    Plot("return refused", 4, _return_refused),
    Plot("handling", 82, _handling),
    Plot("handling late", 18, _handling_late),
    Plot("extension wanted", 7, _extension_wanted),
    Plot("extended", 12, _extended),
    Plot("extension refused", 3, _extension_refused),
    Plot("hold wanted", 3, _hold_wanted, leaves=tuple(phrases.HOLD_PLANS)),
    Plot("on hold", 14, _on_hold, leaves=tuple(phrases.HOLD_PLANS)),
    Plot("hold refused", 2, _hold_refused, leaves=tuple(phrases.HOLD_PLANS)),
    Plot("asked", 18, _asked),
    Plot("replied", 10, _replied),
    Plot("reply lapsed", 3, _reply_lapsed),
    Plot("answered", 26, _answered),
    Plot("answered late", 4, _answered_late),
    Plot("sent back", 8, _sent_back),
    Plot("served", 46, _served),
    Plot("evaluated", 26, _evaluated, judged=True),
    Plot("second handling", 5, _second, "portal", judged=True),
    Plot("second due", 4, _second_due, judged=True),
    Plot("closed satisfied", 343, _closed_satisfied),
    Plot("closed basically", 90, _closed_basically),
    Plot("closed silent", 80, _closed_silent),
    Plot("closed after second", 45, _closed_after_second, judged=True),
    Plot("withdrawn", 20, _withdrawn, "portal"),
    Plot("redirected", 20, _redirected, leaves=tuple(phrases.REDIRECTS)),
)
