"""What the metadata of a model's file say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from livevox.dsp.stft import HOP, N_FFT, SAMPLE_RATE
from livevox.network.geometry import Alignment, Geometry

SOURCES = ("vocals", "accompaniment")


@dataclass(frozen=True)
class ModelInfo:
    """The metadata of a model file."""

    name: str
    version: str
    geometry: Geometry
    training_data: str
    licence: str

    def to_metadata(self) -> dict[str, str]:
        """As the key-value pairs of an ONNX file."""
        return {
            "format": "livevox 2",
            "name": self.name,
            "version": self.version,
            "sample_rate": str(SAMPLE_RATE),
            "n_fft": str(N_FFT),
            "hop": str(HOP),
            "alignment": self.geometry.alignment,
            "look_ahead": str(self.geometry.look_ahead),
            "step": str(self.geometry.step),
            "sources": ",".join(SOURCES),
            "training_data": self.training_data,
            "licence": self.licence,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> ModelInfo:
        """The inverse of ``to_metadata``.

        Raises ValueError, naming the wrong value, if this livevox can't run the model.
        """
        if not metadata.get("format", "").startswith("livevox "):
            raise ValueError("it has no livevox metadata")
        try:
            geometry = Geometry(cast(Alignment, metadata["alignment"]), int(metadata["look_ahead"]))
            info = cls(
                metadata["name"],
                metadata["version"],
                geometry,
                metadata["training_data"],
                metadata["licence"],
            )
        except KeyError as error:
            raise ValueError(f"its metadata has no {error}") from None
        for key, value in info.to_metadata().items():
            if metadata.get(key) != value:
                raise ValueError(f"its {key} is '{metadata.get(key)}', this livevox runs '{value}'")
        return info
