"""Which execution provider runs a network fastest here: measured once, then remembered."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from livevox.dsp.stft import NET_BINS, Audio
from livevox.errors import LivevoxError
from livevox.network.geometry import GRID
from livevox.network.masker import Masker, live_masker, windowed_masker
from livevox.network.providers import PROVIDERS, fingerprint
from livevox.network.windowed import LONGEST_OUTPUT

if TYPE_CHECKING:
    from livevox.network.model import Model

FRAMES = 64
"""Frames of the stream that are timed: four times through all levels of the network."""
MOST_SECONDS = 0.5
"""For the steps of one provider: a slow one is known to be slow after fewer."""


@dataclass(frozen=True)
class ProviderTimes:
    """In seconds: of one step of the stream, live, the median and the 99th percentile; of a frame
    in the long windows of a file. ``windowed``: a step in windows is faster than by stages."""

    step: float
    step_99: float
    file_frame: float
    windowed: bool = False


TimesOrReason = ProviderTimes | str
"""Or the reason why the provider can't run the network."""


def measured(
    data: bytes, names: list[str], load: Callable[[str], Model], anew: bool = False
) -> dict[str, TimesOrReason]:
    """The times of every provider, remembered from an earlier call if it is the same model, the
    same onnxruntime and the same devices, unless measured ``anew``. ``data`` is the model's file.

    What can't run is tried again each time: its libraries may have been installed.
    """
    key = f"{zlib.crc32(data):08x}; {fingerprint()}"
    remembered = {} if anew else _remembered().get(key, {})
    found: dict[str, TimesOrReason] = {}
    for name in names:
        found[name] = remembered[name] if name in remembered else _measured_now(name, load)
    times = {name: each for name, each in found.items() if isinstance(each, ProviderTimes)}
    if times != remembered:
        _remember(key, times)
    return found


def _measured_now(name: str, load: Callable[[str], Model]) -> TimesOrReason:
    try:
        return provider_times(load(name))
    except LivevoxError as error:
        return str(error)


def fastest(found: Mapping[str, TimesOrReason], live: bool) -> str:
    """The provider whose 99th percentile of a step leaves the most room in the period or, for
    files, the one with the shortest time. The CPU if none works."""

    def seconds(name: str) -> float:
        times = found[name]
        if isinstance(times, str):
            return float("inf")
        return times.step_99 if live else times.file_frame

    return min(reversed([*found]), key=seconds, default="cpu")


def provider_times(model: Model) -> ProviderTimes:
    """The times of a loaded model. Where the CPU runs it, stages are faster than windows."""
    geometry = model.info.geometry
    step, step_99 = _step_times(model, live_masker(model))
    windowed = False
    if not model.windowed and model.provider != PROVIDERS["cpu"]:
        other, other_99 = _step_times(model, windowed_masker(model))
        if windowed := other_99 < step_99:
            step, step_99 = other, other_99
    window = _frames(geometry.window_frames(LONGEST_OUTPUT))
    model.run(window)
    begun = time.perf_counter()
    model.run(window)
    return ProviderTimes(step, step_99, (time.perf_counter() - begun) / LONGEST_OUTPUT, windowed)


def _step_times(model: Model, masker: Masker) -> tuple[float, float]:
    """The median and the 99th percentile of a step, in seconds."""
    size = model.info.geometry.step
    step = _frames(size)
    # The first windows of each size allocate, and prepare kernels. Until the look-ahead has
    # arrived there is no window.
    for _ in range(-(-(model.info.geometry.look_ahead + 2 * GRID) // size)):
        masker.feed(step)
        masker.catch_up()
    seconds: list[float] = []
    while len(seconds) * size < FRAMES and sum(seconds) < MOST_SECONDS:
        begun = time.perf_counter()
        masker.feed(step)
        masker.catch_up()
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds)), float(np.percentile(seconds, 99))


def _frames(count: int) -> Audio:
    """Frames like those of music, (count, 257)."""
    magnitudes = np.random.default_rng(0).exponential(0.3, (count, NET_BINS))
    frames: Audio = magnitudes.astype(np.float32)
    return frames


def _file() -> Path:
    return platformdirs.user_cache_path("livevox", appauthor=False) / "providers.json"


def _remembered() -> dict[str, dict[str, ProviderTimes]]:
    """All that is remembered; nothing if the file is missing or damaged."""
    try:
        entries: dict[str, dict[str, Any]] = json.loads(_file().read_text("utf-8"))
        return {
            key: {name: _times(*times) for name, times in entry.items()}
            for key, entry in entries.items()
        }
    except (AttributeError, OSError, OverflowError, RecursionError, TypeError, ValueError):
        return {}


def _times(step: float, step_99: float, file_frame: float, windowed: bool) -> ProviderTimes:
    return ProviderTimes(float(step), float(step_99), float(file_frame), bool(windowed))


def _remember(key: str, times: Mapping[str, ProviderTimes]) -> None:
    """Add to the file. Where it can't be written, the next start measures again."""
    file = _file()
    entries = _remembered() | {key: times}
    text = json.dumps({k: {n: astuple(t) for n, t in e.items()} for k, e in entries.items()})
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        number, part = mkstemp(dir=file.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as written:
                written.write(text)
            os.replace(part, file)
        except OSError:
            os.unlink(part)
            raise
