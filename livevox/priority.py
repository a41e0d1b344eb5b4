"""Real-time priority, where the system grants it."""

from __future__ import annotations

import os
import sys


def real_time(priority: int) -> str | None:
    """Request it for the calling thread; return why it was refused, None if it was granted.

    ``priority`` is Linux' SCHED_FIFO priority, 1 to 99; a sound server usually has 60 or more.
    """
    if not hasattr(os, "sched_setscheduler"):
        return f"livevox can't request it on {sys.platform}"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except OSError as error:
        return (
            f"the system refused ({error.strerror}): allow it in /etc/security/limits.conf (rtprio)"
        )
    return None
