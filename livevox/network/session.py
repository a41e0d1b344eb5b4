"""onnxruntime's sessions: one thread, and so much memory at most."""

from __future__ import annotations

from functools import cache

import onnxruntime

MOST_MEMORY = 2**31
"""Bytes that all sessions of a process may take for what they compute: many times what a network
needs. A file of a kilobyte can ask for any amount."""

LONGEST_REASON = 200
"""In characters: OpenVINO reports the types of its functions."""


def session_options() -> onnxruntime.SessionOptions:
    """For every session."""
    _limit_memory()
    options = onnxruntime.SessionOptions()
    # More threads make the slowest run slower, and that one decides whether a block is late.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.use_env_allocators", "1")
    # Else bytes that look like onnxruntime's own format would be read as that.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    return options


def reason(error: Exception) -> str:
    """What onnxruntime says, in one line, or the beginning of a long one."""
    said = str(error)
    if "Available memory" in said or isinstance(error, MemoryError):
        return f"it asks for more than {MOST_MEMORY >> 30} GiB of memory"
    line = (said.splitlines() or [type(error).__name__])[0]
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


@cache
def _limit_memory() -> None:
    kind, use = onnxruntime.OrtAllocatorType, onnxruntime.OrtMemType
    memory = onnxruntime.OrtMemoryInfo("Cpu", kind.ORT_ARENA_ALLOCATOR, 0, use.DEFAULT)
    limit = onnxruntime.OrtArenaCfg({"max_mem": MOST_MEMORY})
    onnxruntime.create_and_register_allocator(memory, limit)
