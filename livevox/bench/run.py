"""The whole benchmark, in one run."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TypeVar

import numpy as np

from livevox.bench import machine
from livevox.bench.arithmetic import measure_peak, multiply_adds
from livevox.bench.peers import PeerRound, measure_peer, peer_names
from livevox.bench.process import Measured, OnProgress, Round, UnmeasuredError, interleaved
from livevox.bench.programs import (
    FIRST_AUDIO,
    Separating,
    idle_window,
    install_size,
    seconds_to,
    separating,
)
from livevox.bench.results import (
    Benchmark,
    Machine,
    ModelCost,
    PeerCost,
    Programs,
    Scaling,
    Times,
)
from livevox.bench.rooms import rooms
from livevox.bench.signal_path import (
    Stream,
    measure_cost,
    measure_steps,
    measure_windows,
)
from livevox.demo.song import demo_song
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.network.model import load_model, shipped_models

Key = TypeVar("Key")
Value = TypeVar("Value")
PEAK = "the peak of one core"
TRAINING = "livevox.training"
"""Entry points: functions that take a number of processes and return the steps a second."""


@dataclass(frozen=True)
class Plan:
    """What is measured, and how long. Seconds are those of audio; ``minutes`` are lengths of files,
    ``engines`` numbers of engines at once."""

    rounds: int = 3
    song_seconds: float = 11.7
    """Of the song for the peers: a window of Spleeter and two of Demucs, hardly padded."""
    seconds: float = 6.0
    step_seconds: float = 2.0
    starts: int = 3
    minutes: Sequence[float] = (1, 4, 12)
    streams: Sequence[Stream] = (
        Stream(),
        *(Stream(channels=n) for n in (1, 4, 8)),
        *(Stream(rate=rate) for rate in (22_050, 48_000, 96_000, 192_000)),
        *(Stream(block=block) for block in (64, 128, 512, 1024, 4096)),
    )
    periods: Sequence[int] = (256, 1024)
    engines: Sequence[int] = (1, 2, 4, 8, 16)
    idle_seconds: float = 10.0
    training: Sequence[int] = (1, 2)
    """Numbers of processes."""
    with_peers: bool = True


QUICK = Plan(
    rounds=3,
    song_seconds=5.0,
    step_seconds=0.6,
    starts=1,
    minutes=(0.25, 0.75),
    streams=(),
    periods=(),
    idle_seconds=3.0,
    training=(),
    with_peers=False,
)


def benchmark(plan: Plan, report: OnProgress) -> Benchmark:
    """Measure what the plan says; ``report`` gets what is measured next."""
    with tempfile.TemporaryDirectory() as folder:
        report("making a song")
        song = Path(folder) / "song.npy"
        np.save(song, demo_song(plan.song_seconds).mixture)
        models, peers, peak = _models_and_peers(plan, song, report)
        programs = _programs(plan, song, report)
        scaling = _scaling(plan, song, report)
    place = Machine(
        machine.processor(),
        machine.cores(),
        machine.memory_gib(),
        f"{platform.system()} {platform.release()}",
        machine.versions(),
        peak,
    )
    return Benchmark(place, plan.rounds, plan.song_seconds, models, peers, programs, scaling)


def _models_and_peers(
    plan: Plan, song: Path, report: OnProgress
) -> tuple[list[ModelCost], dict[str, PeerCost | str], float]:
    """Their costs, and the peak of one core."""
    models = shipped_models()
    steps: dict[str, Callable[[], Round[Audio]]] = {}
    costs: dict[str | Stream, Callable[[], Round[float | PeerRound]]] = {PEAK: measure_peak}
    for name in models:
        steps[f"windows of {name}"] = partial(measure_windows, name, song)
        for paced in (False, True):
            make = partial(measure_steps, name, song, plan.step_seconds, paced)
            steps[_steps_of(name, paced)] = make
        for stream in (Stream(name), Stream(name, block=None)):
            costs[stream] = partial(measure_cost, stream, song, plan.song_seconds)
    names = peer_names() if plan.with_peers else []
    for name in names:
        costs[name] = partial(measure_peer, name, song)
    times = _all_measured(interleaved(steps, plan.rounds, report))
    found, missing = interleaved(costs, plan.rounds, report)

    def cost(key: str | Stream) -> float:
        if key in missing:
            raise LivevoxError(f"{key} can't be measured: {missing[key]}")
        return _median(found[key])

    rows = []
    for name, path in models.items():
        geometry = load_model(path, "cpu").info.geometry
        rows.append(
            ModelCost(
                name,
                geometry,
                multiply_adds(path, geometry),
                Times.of_rounds([each[0] for each in times[_steps_of(name, paced=False)]]),
                Times.of_rounds([each[0] for each in times[_steps_of(name, paced=True)]]),
                float(np.median([x[1].mean() for x in times[_steps_of(name, paced=False)]])),
                Times.of_rounds(times[f"windows of {name}"]),
                cost(Stream(name)),
                cost(Stream(name, block=None)),
            )
        )
    peers: dict[str, PeerCost | str] = {}
    for name in names:
        rounds = [each for each in found.get(name, ()) if isinstance(each, PeerRound)]
        peers[name] = PeerCost(name, rounds[0].facts, _median(rounds)) if rounds else missing[name]
    return rows, peers, cost(PEAK)


def _steps_of(model: str, paced: bool) -> str:
    return f"{'paced ' if paced else ''}steps of {model}"


def _all_measured(found: tuple[dict[Key, list[Value]], dict[Key, str]]) -> dict[Key, list[Value]]:
    """The results. Raises LivevoxError if anything could not be measured."""
    results, failures = found
    if failures:
        key, reason = next(iter(failures.items()))
        raise LivevoxError(f"{key} can't be measured: {reason}")
    return results


def _median(rounds: Sequence[float | PeerRound]) -> float:
    return float(np.median([r.cost if isinstance(r, PeerRound) else r for r in rounds]))


def _programs(plan: Plan, song: Path, report: OnProgress) -> Programs:
    codes = {
        "the start of Python": "pass",
        "import": "import livevox; livevox.StreamingSeparator",
        "first audio": FIRST_AUDIO,
    }
    seconds: dict[str, list[float]] = {name: [] for name in codes}
    with suppress(UnmeasuredError):
        for _ in range(1 + plan.starts):
            for name, code in codes.items():
                report(name)
                seconds[name].append(seconds_to(code))
    lengths: list[Separating | str] = []
    for minutes in plan.minutes:
        report(f"a file of {minutes:g} minutes")
        lengths.append(_or_reason(partial(separating, minutes, song)))
    report("an idle window")
    # The first start of each may read everything from the disk.
    python, importing, first = (
        float(np.median(each[1:])) if each else None for each in seconds.values()
    )
    return Programs(
        python,
        importing,
        first,
        install_size(),
        lengths,
        _or_reason(partial(idle_window, plan.idle_seconds)),
    )


def _scaling(plan: Plan, song: Path, report: OnProgress) -> Scaling:
    costs = _all_measured(
        interleaved(
            {stream: partial(measure_cost, stream, song, plan.seconds) for stream in plan.streams},
            plan.rounds,
            report,
        )
    )
    engines = {}
    for period in plan.periods:
        report(f"engines with periods of {period}")
        engines[period] = rooms(plan.engines, period, song, plan.step_seconds)
    training: dict[int, float | str] = {}
    for processes in plan.training:
        report(f"training on {processes} processes")
        training[processes] = _or_reason(partial(_training, processes))
    return Scaling({stream: _median(rounds) for stream, rounds in costs.items()}, engines, training)


def _training(processes: int) -> float:
    """Steps a second, measured by the package `train` in a process of its own."""
    with Measured(partial(_measure_training, processes)) as training:
        return training.round()


def _measure_training(processes: int) -> Round[float]:
    (point,) = entry_points(group=TRAINING)
    try:
        throughput: Callable[[int], float] = point.load()
    except ImportError as error:
        raise UnmeasuredError(f"not installed ({error}): pip install 'livevox[train]'") from None
    return partial(throughput, processes)


def _or_reason(measure: Callable[[], Value]) -> Value | str:
    try:
        return measure()
    except UnmeasuredError as error:
        return str(error)
