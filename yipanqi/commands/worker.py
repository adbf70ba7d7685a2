"""`yipanqi worker`: the job queue's worker."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import click

from yipanqi.commands.setup import ready

if TYPE_CHECKING:
    from procrastinate import App


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs at a time.")
def command(concurrency: int) -> None:
    """Run the worker of the job queue: sequencing, checkpoints, limits that end, notices, rewrapping of keys."""
    ready()
    from procrastinate.contrib.django import app

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    asyncio.run(_work(app, concurrency))


async def _work(app: App, concurrency: int) -> None:
    """The queue's own connections, opened here, serve the worker; jobs use Django's."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        async with working.open_async():
            # What is done is of no use to anybody, and there is a job for every move that tells somebody.
            await working.run_worker_async(
                concurrency=concurrency, install_signal_handlers=True, delete_jobs="successful"
            )
