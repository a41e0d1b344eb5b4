"""Hear who sings: live detection and separation of the singing voice, in one network."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livevox.errors import LivevoxError
    from livevox.network.info import ModelInfo
    from livevox.network.model import Model, load_model
    from livevox.processor import Processor
    from livevox.separator import Separation, StreamingSeparator, separate

__version__ = "0.4.0"
"""The one place of the version: packages and `livevox --version` take it from here."""

__all__ = [
    "LivevoxError",
    "Model",
    "ModelInfo",
    "Processor",
    "Separation",
    "StreamingSeparator",
    "__version__",
    "load_model",
    "separate",
]

_MODULES = {
    "LivevoxError": "errors",
    "Model": "network.model",
    "ModelInfo": "network.info",
    "Processor": "processor",
    "Separation": "separator",
    "StreamingSeparator": "separator",
    "load_model": "network.model",
    "separate": "separator",
}


def __getattr__(name: str) -> Any:
    """Import each name on first use: the window and the MIDI process need no network."""
    if name not in _MODULES:
        raise AttributeError(f"module 'livevox' has no attribute '{name}'")
    return getattr(import_module(f"livevox.{_MODULES[name]}"), name)
