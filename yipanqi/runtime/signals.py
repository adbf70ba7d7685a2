"""What ties one process's life to another's."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <linux/prctl.h>


def dies_with(parent: int) -> Callable[[], None]:
    """A function for a child to call first: the kernel then kills it when ``parent`` ends, however that
    ends. SIGKILL, because a child that hangs in a clean stop would keep the port from the next run.
    Does nothing where the kernel is not Linux. The library is loaded here, before the fork."""
    if sys.platform != "linux":
        return lambda: None
    library = ctypes.CDLL(None, use_errno=True)

    def arm() -> None:
        library.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the line above
            os.kill(os.getpid(), signal.SIGKILL)

    return arm
