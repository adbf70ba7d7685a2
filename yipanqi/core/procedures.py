"""Putting procedures into the database, and checking them."""

from __future__ import annotations

import datetime as dt

from yipanqi.core.kinds import all_kinds
from yipanqi.core.models import Limit, ProcedureState
from yipanqi.core.procedure import Kind, Procedure, Step


def synchronise() -> None:
    """Write the states of every procedure and version, and the first dated row of limits that have none."""
    for kind in all_kinds():
        for procedure in (kind.procedure, *kind.versions):
            for state in procedure.states:
                ProcedureState.objects.update_or_create(
                    procedure=procedure.code,
                    version=procedure.version,
                    code=state.code,
                    open=state.open,
                )
            for seed in procedure.limits:
                Limit.objects.get_or_create(
                    procedure=procedure.code,
                    code=seed.code,
                    valid_from=dt.date.fromisoformat(seed.valid_from),
                    defaults={
                        "amount": seed.amount,
                        "unit": seed.unit.value,
                        "practice": seed.practice,
                        "off": seed.off,
                        "basis_zh": seed.basis.zh,
                        "basis_en": seed.basis.en,
                    },
                )


def faults(procedure: Procedure) -> list[str]:
    """What the graph's own proof does not cover: labels in both languages, a basis, decisions of requests."""
    found = [
        f"{where}: a label is missing in one language"
        for label, where in _labels(procedure)
        if not label[0].strip() or not label[1].strip()
    ]
    for step in procedure.steps:
        found += _step_faults(step)
    found += [
        f"limit {limit.code}: its basis does not say whether it is law or practice"
        for limit in procedure.limits
        if limit.practice == any(mark in limit.basis.zh for mark in ("条例", "《"))
    ]
    decided = [step.decides for step in procedure.steps]
    requests = sorted({step.requests for step in procedure.steps if step.requests})
    found += [f"request {r}: it cannot be both granted and refused" for r in requests if decided.count(r) < 2]
    return found


def _step_faults(step: Step) -> list[str]:
    found = []
    if not step.basis.strip():
        found.append(f"step {step.name}: no basis and not the word practice")
    if step.produces is not None and not step.tells:
        found.append(f"step {step.name}: produces a document and tells nobody")
    empty = [ask.name for ask in step.asks if ask.kind == Kind.CHOICE and not ask.choices]
    found += [f"step {step.name}: {name} is a choice of nothing" for name in empty]
    return found


def _labels(procedure: Procedure) -> list[tuple[tuple[str, str], str]]:
    found = [((procedure.label.zh, procedure.label.en), procedure.code)]
    found += [((s.label.zh, s.label.en), f"state {s.code}") for s in procedure.states]
    found += [((s.plain.zh, s.plain.en), f"state {s.code}") for s in procedure.states]
    found += [((t.label.zh, t.label.en), f"term {t.code}") for t in procedure.terms]
    found += [((t.plain.zh, t.plain.en), f"term {t.code}") for t in procedure.terms]
    for step in procedure.steps:
        where = f"step {step.name}"
        labels = [step.label, step.does, step.plain, step.produces]
        labels += [
            x for ask in step.asks for x in (ask.label, ask.hint, *(label for _, label in ask.choices))
        ]
        labels += [condition.otherwise for condition in step.when]
        found += [((label.zh, label.en), where) for label in labels if label is not None]
    return found
