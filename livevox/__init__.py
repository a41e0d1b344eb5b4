"""Hear who sings: live detection and separation of the singing voice, in one network."""

from livevox.errors import LivevoxError
from livevox.model import Model, ModelInfo, load_model
from livevox.processor import Processor
from livevox.separator import Separation, StreamingSeparator, separate

__all__ = [
    "LivevoxError",
    "Model",
    "ModelInfo",
    "Processor",
    "Separation",
    "StreamingSeparator",
    "load_model",
    "separate",
]
