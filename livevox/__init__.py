"""Hear who sings: live detection and separation of the singing voice, in one network."""

from livevox.errors import LivevoxError
from livevox.model import Model, ModelInfo, load_model
from livevox.separator import Separation, StreamingSeparator, separate

__all__ = [
    "LivevoxError",
    "Model",
    "ModelInfo",
    "Separation",
    "StreamingSeparator",
    "load_model",
    "separate",
]
