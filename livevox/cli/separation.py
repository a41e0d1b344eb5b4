"""The separation of one file, as a task for this process or another one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import log10
from pathlib import Path

from livevox.cli.batch import failure_reported, opened, separated
from livevox.cli.events import OnEvent, Separated, Stem, Warned
from livevox.cli.span import Span
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.encoding import Quality
from livevox.media.files import remove_parts
from livevox.media.peaks import Held
from livevox.media.sink import AudioSink
from livevox.media.stretch import Stretch
from livevox.media.tags import read_tags
from livevox.media.video import Video
from livevox.media.writing import writing
from livevox.mixer import Mix
from livevox.network.info import ModelInfo
from livevox.network.model import Model, load_model, shipped_models
from livevox.network.providers import Provider
from livevox.separator import Separation


class Peaks(StrEnum):
    """Treatment of sound above full scale (0 dBFS).

    ``clip``: integers and AAC are clipped, with a warning; floats, MP3 and Ogg keep it. ``scale``:
    all stems get the same lower gain, with a warning. ``warn``: as ``clip``, with a warning for
    every format.
    """

    clip = "clip"
    scale = "scale"
    warn = "warn"


@dataclass(frozen=True)
class Recipe:
    """What is done with every file of a call.

    ``model`` is a name or a file, ``provider`` what runs it, ``info`` its expected metadata.
    ``stems`` are written in this order; "mix" is that of ``gains``. If ``mux``, they are written as
    the sound of the video.
    """

    model: str
    provider: Provider
    info: ModelInfo
    stems: Sequence[str]
    gains: Mix | None
    quality: Quality
    peaks: Peaks
    track: int | None
    span: Span
    stretch: Stretch
    mux: bool
    griffin_lim: int
    lenient: bool


@dataclass(frozen=True)
class Task:
    """One file to separate into ``targets``, one a stem.

    Paths start at ``base``; events name them without it.
    """

    recipe: Recipe
    path: Path
    targets: Sequence[Path]
    base: Path = Path()
    mark: str = field(default_factory=lambda: secrets.token_hex(4))

    def remove_parts(self) -> None:
        """Remove the incomplete files of the task, which a killed process left."""
        for folder in {target.parent for target in self.targets}:
            remove_parts(self.base / folder, self.mark)


def current_model(name: str, provider: Provider, base: Path = Path()) -> Model:
    """The model, loaded once, and again if its file has changed. Raises LivevoxError as loading."""
    path = shipped_models().get(name, base / name)
    return _loaded(path, provider, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=1)
def _loaded(path: Path, provider: Provider, changed: int) -> Model:
    return load_model(path, provider)


def separate_file(task: Task, report: OnEvent) -> None:
    """Do a task. The last event is Separated or Failed."""
    recipe, path = task.recipe, task.base / task.path
    with failure_reported(path, report):
        net = current_model(recipe.model, recipe.provider, task.base)
        if net.info != recipe.info:
            raise LivevoxError(
                f"{path}: its worker has the model {net.info.name} {net.info.version}, not "
                f"{recipe.info.name} {recipe.info.version}: install the same livevox there"
            )
        with opened(path, recipe.track, report) as source, ExitStack() as files:
            samples, tags = recipe.span.samples(source), read_tags(path)
            video = Video(path, source.begins) if recipe.mux else None
            sinks = [
                files.enter_context(
                    writing(
                        task.base / target,
                        source.sample_rate,
                        source.channels,
                        recipe.stretch.samples(samples),
                        source.layout,
                        recipe.quality,
                        tags,
                        video,
                        task.mark,
                    )
                )
                for target in task.targets
            ]
            _report_rates(path, source.sample_rate, sinks, report)
            parts = separated(source, net, report, recipe.griffin_lim, recipe.lenient, recipe.span)
            blocks: Iterator[list[Audio]] = (_stems(part, recipe) for part in parts)
            if recipe.stretch != Stretch():
                blocks = recipe.stretch.stems(blocks, source.sample_rate)
            if recipe.peaks is Peaks.scale:
                held = files.enter_context(Held(sinks[0].path.parent))
                blocks = _below_full_scale(path, blocks, held, report)
            for block in blocks:
                for stem, sink in zip(block, sinks, strict=True):
                    sink.write(stem)
        _report_peaks(path, sinks, recipe.peaks, report)
        written = tuple(
            Stem(str(target), stem, sink.sample_rate, sink.samples)
            for stem, target, sink in zip(recipe.stems, task.targets, sinks, strict=True)
        )
        report(Separated(str(path), written))


def _stems(part: Separation, recipe: Recipe) -> list[Audio]:
    """The stems of a part, in their order."""
    stems = {"vocals": part.vocals, "accompaniment": part.accompaniment}
    if recipe.gains:
        stems["mix"] = recipe.gains(part.vocals, part.accompaniment)
    return [stems[name] for name in recipe.stems]


def _below_full_scale(
    path: Path, blocks: Iterable[list[Audio]], held: Held, report: OnEvent
) -> Iterator[list[Audio]]:
    """The blocks; if any is above full scale, all get the same gain, with a warning."""
    for block in blocks:
        held.write(block)
    if held.gain < 1:
        peak, gain = (20 * log10(value) for value in (held.peak, held.gain))
        message = f"the peak is {peak:+.2f} dBFS; all stems are {-gain:.2f} dB lower"
        report(Warned(str(path), message))
    for scaled in held.scaled():
        yield list(scaled)


def _report_rates(path: Path, rate: int, sinks: Sequence[AudioSink], report: OnEvent) -> None:
    for other in {sink.sample_rate for sink in sinks} - {rate}:
        message = f"its stems have {other} Hz: {sinks[0].path.suffix} files can't have {rate} Hz"
        report(Warned(str(path), message))


def _report_peaks(path: Path, sinks: Sequence[AudioSink], peaks: Peaks, report: OnEvent) -> None:
    for sink in sinks:
        if sink.above and (sink.clips or peaks is Peaks.warn):
            what = f"were clipped in {sink.path}" if sink.clips else f"are in {sink.path}"
            remedy = "--peaks scale lowers all stems instead"
            report(Warned(str(path), f"{sink.above} samples above full scale {what}; {remedy}"))
