"""What a client asks of the engine, and the engine's replies.

The answer to a ``Command[A]`` is an ``A``. The replies are :class:`Done` and :class:`Refused`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from livevox.live.engine_config import EngineConfig

A = TypeVar("A")


@dataclass(frozen=True)
class Done:
    """Reply to a command that was carried out, with its answer."""

    answer: object


@dataclass(frozen=True)
class Refused:
    """Reply to a command that could not be carried out, or not yet, with the reason."""

    reason: str


@dataclass(frozen=True)
class Command(Generic[A]):
    """A request to the engine, whose answer is an ``A``."""

    quiet: ClassVar[bool] = False
    """Whether it leaves :class:`livevox.live.status.Status` unchanged."""

    def applied_to(self, config: EngineConfig) -> EngineConfig:
        """Return ``config`` with the command's changes: what a restarted engine starts with."""
        return config

    def answered(self, answer: A, config: EngineConfig) -> EngineConfig:
        """Return ``config``, which has the command's changes, with what the answer adds."""
        return config
