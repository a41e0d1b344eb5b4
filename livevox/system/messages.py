"""The messages between a keeper process and its client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KeeperState:
    """Sent by the keeper on every change."""

    ready: bool = False
    """Whether the virtual outputs exist."""
    card: str | None = None
    """Description of the sound card in use."""
    problem: str = ""
    """What is wrong; "" for nothing."""


@dataclass(frozen=True)
class Take:
    """Sent to the keeper: make livevox the default output, or restore the user's default."""

    on: bool
