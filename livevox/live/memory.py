"""How much memory this process takes."""

from __future__ import annotations

import os


def resident_kib() -> int:
    """Resident memory, where the system has /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0
