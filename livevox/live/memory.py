"""The memory use of this process."""

from __future__ import annotations

import os


def resident_kib() -> int:
    """Resident memory in KiB; 0 on systems without /proc."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0
