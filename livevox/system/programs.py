"""Runs PipeWire's programs."""

from __future__ import annotations

import subprocess

ANSWER_SECONDS = 3.0


def ask(*command: str) -> str | None:
    """Run a program. Returns what it prints, None if it fails or does not end in time."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=ANSWER_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
