"""The supervisor of `serve`: starts children, restarts one that died, and leaves nothing behind."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from yipanqi.runtime.cluster import Say
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.signals import dies_with

#: Seconds for a clean stop, after which what still runs is killed.
GRACE = 10.0
#: A child that dies this often within so many seconds is given up.
DEATHS, WITHIN = 5, 60.0
#: How often the supervisor looks after what sends no signal, in seconds.
HEARTBEAT = 0.25


@dataclass(slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))
    start_at: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that the console's Ctrl-C reaches the supervisor alone."""
        self.process = spawn(self.command, self.environment)

    def died(self) -> str | None:
        """How it ended, in words, once; None while it runs."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._sweep()
        self.process = None
        self.deaths.append(time.monotonic())
        self.start_at = time.monotonic() + min(0.25 * 2 ** len(self._recent()), 10.0)
        return f"ended with code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

    def hopeless(self) -> bool:
        """Whether it has died too often to go on."""
        return len(self._recent()) >= DEATHS

    def _recent(self) -> list[float]:
        return [at for at in self.deaths if at > time.monotonic() - WITHIN]

    def tell(self, number: int) -> None:
        """Send a signal to it, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def finish(self, until: float) -> None:
        """Wait for its end until the monotonic time ``until``, then kill it and everything it started."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        self._sweep()
        self.process.wait()

    def _sweep(self) -> None:
        """Kill what is left of its process group."""
        if self.process is not None:
            # Usually nobody is left (macOS says EPERM when only zombies are).
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def spawn(
    command: Sequence[str], environment: Mapping[str, str], *, output: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a child that dies with us, in a session of its own."""
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        env=dict(environment),
        start_new_session=True,
        # Allowed here because this process has one thread only.
        preexec_fn=dies_with(os.getpid()),  # noqa: PLW1509
    )


def run_apart(
    command: Sequence[str], environment: Mapping[str, str], *, output: int | None = None
) -> tuple[int, bytes]:
    """Run a child that dies with us to its end; its exit code, and what it wrote where ``output`` is a pipe."""
    process = spawn(command, environment, output=output)
    try:
        told, _ = process.communicate()
    except BaseException:
        # Interrupted: it has a session of its own, so nobody has told it yet.
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        raise
    return process.returncode, told or b""


class Supervisor:
    """Keeps ``children`` running until a signal comes.

    ``watch`` is called at every heartbeat and looks after what is no child of ours (the database); what it
    raises ends everything. ``say`` tells what happens.
    """

    def __init__(self, children: Sequence[Child], *, watch: Callable[[], None], say: Say) -> None:
        self._children = list(children)
        self._watch = watch
        self._say = say
        self._stop = False

    def run(self) -> int:
        """0 after a signal asked for the end; 1 when a child cannot be kept running. Nothing that was
        started runs afterwards."""
        with self._signals() as wake:
            try:
                for child in self._children:
                    child.start()
                while True:
                    self._wait(wake)
                    if self._stop:
                        return 0
                    if not self._look():
                        return 1
            finally:
                self._finish()

    def _look(self) -> bool:
        self._watch()
        for child in self._children:
            if how := child.died():
                if child.hopeless():
                    self._say(f"{child.name} {how}, the {DEATHS}th time within a minute: giving up.")
                    return False
                self._say(f"{child.name} {how}; it is started again.")
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()
        return True

    def _wait(self, wake: int) -> None:
        """Sleep until a signal (a child's end is one) or the next heartbeat."""
        waiting = [child.start_at - time.monotonic() for child in self._children if child.process is None]
        ready, _, _ = select.select([wake], [], [], max(0.0, min([HEARTBEAT, *waiting])))
        if ready:
            os.read(wake, 512)

    def _finish(self) -> None:
        for child in self._children:
            child.tell(signal.SIGTERM)
        until = time.monotonic() + GRACE
        for child in self._children:
            child.finish(until)

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """Signals set a flag and wake the loop; the second one kills at once."""
        reading, writing = _pipe()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        former = {number: signal.signal(number, self._asked) for number in numbers}
        former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        waker = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        try:
            yield reading
        finally:
            signal.set_wakeup_fd(waker)
            for number, handler in former.items():
                signal.signal(number, handler)
            os.close(reading)
            os.close(writing)

    def _asked(self, number: int, _frame: object) -> None:
        if self._stop:
            for child in self._children:
                child.tell(signal.SIGKILL)
        else:
            self._stop = True
            # The console has written ^C into the line.
            self._say("\nStopping …" if number == signal.SIGINT else "Stopping …")


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    return reading, writing


def require_free(address: str, port: int, *, patience: float = 3.0) -> None:
    """PlainError when something listens at the port already. What a killed run left may take a moment to
    go, so it is asked again for ``patience`` seconds."""
    until = time.monotonic() + patience
    while True:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                return
            except OSError as error:
                if time.monotonic() >= until:
                    raise PlainError(
                        f"Port {port} at {address} cannot be used: {(error.strerror or str(error)).lower()}. "
                        "Stop what runs there, or choose another: PORT=8001."
                    ) from error
        time.sleep(0.2)
