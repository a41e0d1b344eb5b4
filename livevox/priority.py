"""Real-time priority, where the system grants it."""

from __future__ import annotations

import os
import sys


def real_time(priority: int) -> str | None:
    """Ask for it for the calling thread; return why it was refused, None if it was granted.

    ``priority`` is that of Linux' SCHED_FIFO, 1 to 99; a sound server is usually at 60 or more.
    """
    if not hasattr(os, "sched_setscheduler"):
        return f"{sys.platform} has no interface for it here"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except OSError as error:
        return (
            f"the system refused ({error.strerror}): allow it in /etc/security/limits.conf (rtprio)"
        )
    return None
