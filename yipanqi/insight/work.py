"""The work behind the pages: which jobs wait, which failed, and whether anybody does them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from croniter import croniter
from django.db.models import Count, Max
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

ALIVE = dt.timedelta(seconds=60)  # a worker tells every ten seconds that it lives
PATIENCE = dt.timedelta(minutes=5)  # after which a run that did not begin is missed (trust-and-ux R12)
MOST_FAILED = 50


@dataclass(frozen=True)
class Task:
    """A kind of job. `last`: when one was last asked for by the clock; `missed`: it should have been since."""

    name: str
    cron: str
    waiting: int
    doing: int
    failed: int
    last: dt.datetime | None
    missed: bool


@dataclass(frozen=True)
class Failed:
    """A job that was given up."""

    id: int
    name: str
    attempts: int
    at: dt.datetime | None


@dataclass(frozen=True)
class Work:
    """All of it. `workers`: how many processes do jobs now."""

    workers: int
    tasks: list[Task]
    failed: list[Failed]


def work(at: dt.datetime) -> Work:
    """What is asked for by the clock, by name, then what else is in the queue. Done jobs are not kept."""
    crons = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    numbers: dict[str, dict[str, int]] = {}
    rows = ProcrastinateJob.objects.values_list("task_name", "status").annotate(n=Count("id"))
    for name, status, number in rows:
        numbers.setdefault(name, {})[status] = number
    last = dict(
        ProcrastinatePeriodicDefer.objects.values_list("task_name").annotate(at=Max("defer_timestamp"))
    )
    names = [*sorted(crons), *sorted(numbers.keys() - crons.keys())]
    tasks = [_task(name, crons.get(name, ""), numbers.get(name, {}), last.get(name), at) for name in names]
    workers = ProcrastinateWorker.objects.filter(last_heartbeat__gte=at - ALIVE).count()
    return Work(workers, tasks, _failed())


def _task(name: str, cron: str, numbers: Mapping[str, int], last: int | None, at: dt.datetime) -> Task:
    when = dt.datetime.fromtimestamp(last, dt.UTC) if last else None
    due = croniter(cron, at - PATIENCE).get_prev(dt.datetime) if cron else None
    return Task(
        name,
        cron,
        numbers.get("todo", 0),
        numbers.get("doing", 0),
        numbers.get("failed", 0),
        when,
        due is not None and when is not None and when < due,
    )


def _failed() -> list[Failed]:
    jobs = list(ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:MOST_FAILED])
    told = (
        ProcrastinateEvent.objects.filter(job__in=jobs, type="failed").values_list("job").annotate(Max("at"))
    )
    at = dict(told)
    return [Failed(job.pk, job.task_name, job.attempts, at.get(job.pk)) for job in jobs]


def try_again(job: int) -> bool:
    """Put a job that was given up back into the queue; False where there is none such."""
    if not ProcrastinateJob.objects.filter(pk=job, status="failed").exists():
        return False
    app.job_manager.retry_job_by_id(job_id=job, retry_at=timezone.now())
    return True
