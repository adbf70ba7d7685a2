"""`yipanqi worker`: the job queue's worker."""

from __future__ import annotations

import asyncio
import logging

import click

from yipanqi.commands.setup import ready


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="Jobs at a time.")
def command(concurrency: int) -> None:
    """Run the worker of the job queue: sequencing, checkpoints, limits that end, rewrapping of keys."""
    ready()
    from procrastinate.contrib.django import app

    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        asyncio.run(app.run_worker_async(concurrency=concurrency, install_signal_handlers=True))
