"""System calls that the kernel refuses to a process and all that it starts (Linux's seccomp)."""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
import sys
from collections.abc import Callable, Sequence

import pytest

NUMBERS = {
    "x86_64": {"socket": (41,), "chmod": (90, 91, 268, 452)},
    "aarch64": {"socket": (198,), "chmod": (52, 53, 452)},
}
"""Of the system calls, by machine."""
needs_seccomp = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in NUMBERS, reason="needs Linux's seccomp"
)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, FIRST_ARGUMENT_AT = 0, 16
ALLOW, KILL = 0x7FFF_0000, 0x8000_0000
REFUSE = 0x0005_0000 | errno.EPERM
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2


def no_chmod() -> None:
    """For preexec_fn: modes of files can't be changed, as on file systems that have none."""
    calls = NUMBERS[platform.machine()]["chmod"]
    _install([*_each(calls, (RETURN, 0, 0, REFUSE)), (RETURN, 0, 0, ALLOW)])


def no_network() -> None:
    """For preexec_fn: who asks for a socket of the Internet is killed at once."""
    (call,) = NUMBERS[platform.machine()]["socket"]
    families = (socket.AF_INET, socket.AF_INET6)
    _install(
        [
            (LOAD, 0, 0, NUMBER_AT),
            (EQUAL, 1, 0, call),
            (RETURN, 0, 0, ALLOW),
            (LOAD, 0, 0, FIRST_ARGUMENT_AT),
            (EQUAL, 2, 0, int(families[0])),
            (EQUAL, 1, 0, int(families[1])),
            (RETURN, 0, 0, ALLOW),
            (RETURN, 0, 0, KILL),
        ]
    )


Instruction = tuple[int, int, int, int]
"""Of BPF: code, jump if true, jump if false, value."""


def _each(calls: Sequence[int], then: Instruction) -> list[Instruction]:
    pairs = [instruction for call in calls for instruction in ((EQUAL, 0, 1, call), then)]
    return [(LOAD, 0, 0, NUMBER_AT), *pairs]


def _install(program: Sequence[Instruction]) -> None:
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code)
    filters = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or prctl(SECCOMP, FILTER, filters, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
