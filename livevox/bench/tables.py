"""The results as tables, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livevox.bench.peers import PeerFacts
from livevox.bench.programs import Separating
from livevox.bench.results import Benchmark, ModelCost, PeerCost
from livevox.bench.signal_path import PERIOD, Stream
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE
from livevox.network.geometry import Geometry

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Table:
    """A table with a title, and what one has to know to read it."""

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(results: Benchmark) -> Iterator[Table]:
    """All tables of what was measured."""
    yield _steps(results.models)
    yield _arithmetic(results)
    if results.peers:
        yield _peers(results)
    yield _programs(results)
    yield _files(results)
    scaling = results.scaling
    if scaling.streams:
        yield _streams(results)
    if scaling.rooms:
        yield _rooms(results)
    if scaling.training:
        yield _training(results)


def _steps(models: Sequence[ModelCost]) -> Table:
    return Table(
        "A frame",
        "Processor time of one step of the live network, without the transforms around it, until "
        "its output is there; what only the next step needs follows. A frame "
        "lasts 11.6 ms. Every sixteenth runs all levels of the network: it takes longest and limits"
        " the block size. Paced: a step begins when its frames would arrive; in between the "
        "processor sleeps and its caches serve others, as on stage. Without cached activations, a "
        "window gives the same step.",
        (
            *("model", "step", "median", "99th percentile", "paced: median"),
            *("paced: 99th percentile", "by a window", "whole step, mean", "window / step"),
        ),
        [
            (
                m.name,
                _frames(m.geometry),
                *map(_ms, (m.steps.median, m.steps.percentile_99)),
                *map(_ms, (m.paced.median, m.paced.percentile_99)),
                _ms(m.window.median),
                _ms(m.step),
                f"{m.window.median / m.step:.1f}",
            )
            for m in models
        ],
    )


def _arithmetic(results: Benchmark) -> Table:
    def row(model: ModelCost) -> tuple[str, ...]:
        adds = model.multiply_adds * FRAME_RATE
        least = adds / results.machine.peak
        network = model.step * FRAME_RATE / model.geometry.step
        return (
            model.name,
            _ms(model.geometry.latency / SAMPLE_RATE),
            f"{adds / 1e6:.0f} million",
            _ms(least),
            f"{_ms(network)} ({network / least:.1f})",
            f"{_ms(model.live)} ({model.live / least:.1f})",
            f"{_ms(model.file)} ({model.file / least:.1f})",
            f"{1 / model.file:.0f}",
        )

    return Table(
        "A second of audio",
        "Algorithmic latency, and processor time for a second of stereo at 44.1 kHz; in brackets "
        "how many times as long as the network's multiply-adds alone at the peak of one core, "
        f"{results.machine.peak / 1e9:.0f} billion a second: that of numpy's product of two "
        f"float32 matrices on one thread. Live: the whole signal path in blocks of "
        f"{PERIOD} samples. File: in long windows.",
        (
            *("model", "latency", "multiply-adds", "at the peak", "live network", "live", "file"),
            "file, times real time",
        ),
        [row(model) for model in results.models],
    )


def _peers(results: Benchmark) -> Table:
    models = {model.name: model for model in results.models}
    base = models["live"].file
    costs = [
        PeerCost(f"livevox `{m.name}`, {what}", PeerFacts(latency, ""), cost)
        for m in results.models
        for what, cost, latency in (
            ("live", m.live, m.geometry.latency / SAMPLE_RATE),
            ("file", m.file, m.geometry.latency / SAMPLE_RATE),
        )
    ]
    costs += [peer for peer in results.peers.values() if isinstance(peer, PeerCost)]
    missing = [
        (name, NOTHING, NOTHING, NOTHING, NOTHING, peer)
        for name, peer in results.peers.items()
        if isinstance(peer, str)
    ]
    return Table(
        "Beside others",
        "Processor time for a second of the same song on one thread, and how many times that of "
        "`live` for a file. Latency is how much of the future the method needs. Some separate into "
        "more sources than voice and accompaniment. What has random weights has the cost of the "
        "trained network, and says nothing of the sound; "
        "[the models](../livevox/models/README.md#side-by-side) compares that.",
        ("", "a second of audio", "ratio", "latency", "parameters", ""),
        [
            (
                each.name,
                _ms(each.cost),
                f"{each.cost / base:.1f}",
                _ms(each.facts.latency) if each.facts.latency is not None else "the whole song",
                f"{each.facts.parameters / 1e6:.1f} million" if each.facts.parameters else "",
                each.facts.remark,
            )
            for each in sorted(costs, key=lambda each: each.cost)
        ]
        + missing,
    )


def _programs(results: Benchmark) -> Table:
    programs, size = results.programs, results.programs.size
    idle = programs.idle_window
    return Table(
        "The program",
        "Times are from the start of a new process, by the clock on the wall, with that of Python. "
        "First audio: the model is loaded, and the first separated sample has come out of the "
        "`Processor`, computed as fast as possible. The window, drawn into memory, shows an engine "
        "that waits for a device.",
        ("", ""),
        [
            ("Python alone", _seconds(programs.python)),
            ("`import livevox` with the separator", _seconds(programs.importing)),
            ("first audio", _seconds(programs.first_audio)),
            ("livevox on the disk", f"{_mb(size.livevox)}, of which models {_mb(size.models)}"),
            ("with the packages that it needs", _mb(size.livevox + size.needed)),
            ("the idle window", idle if isinstance(idle, str) else f"{idle:.1%} of a core"),
        ],
    )


def _files(results: Benchmark) -> Table:
    def row(each: Separating | str) -> tuple[str, ...]:
        if isinstance(each, str):
            return (each, *[NOTHING] * 4)
        return (
            f"{each.minutes:g} min",
            _mb(each.memory),
            _seconds(each.processor),
            _seconds(each.wall),
            f"{60 * each.minutes / each.wall:.0f}",
        )

    return Table(
        "Files",
        "`livevox separate` of stereo WAV files into FLAC stems, the whole program.",
        ("length", "peak memory", "processor time", "time", "times real time"),
        [row(each) for each in results.programs.separating],
    )


def _streams(results: Benchmark) -> Table:
    streams = results.scaling.streams
    base = streams[Stream()]
    return Table(
        "Channels, rates and blocks",
        "Processor time for a second of audio through `live`, the whole signal path, and the ratio "
        "to the first row. All channels share one mask, so the network runs once.",
        ("channels", "rate", "block", "a second of audio", "ratio"),
        [
            (
                str(stream.channels),
                f"{stream.rate} Hz",
                f"{stream.block} samples",
                _ms(cost),
                f"{cost / base:.2f}",
            )
            for stream, cost in streams.items()
        ],
    )


def _rooms(results: Benchmark) -> Table:
    by_period = results.scaling.rooms
    periods = list(by_period)
    return Table(
        "Engines at once",
        "How many rooms one computer serves: so many engines of `live`, each in a process of its "
        "own with a stereo stream in real time, without devices and without real-time priority. "
        "Late: blocks that were not done when the next one came. Load: the share of a core that "
        "each takes.",
        (
            "engines",
            *(
                f"{what}, blocks of {period}"
                for period in periods
                for what in ("load of each", "late")
            ),
        ),
        [
            (
                str(count),
                *(
                    text
                    for period in periods
                    for each in (by_period[period][count],)
                    for text in (f"{each.busy:.0%}", f"{each.late:.2%}")
                ),
            )
            for count in sorted(set.intersection(*map(set, by_period.values())))
        ],
    )


def _training(results: Benchmark) -> Table:
    training = results.scaling.training
    base = training[min(training)]

    def row(processes: int, rate: float | str) -> tuple[str, ...]:
        if isinstance(rate, str) or isinstance(base, str):
            return (str(processes), str(rate), NOTHING)
        return (str(processes), f"{rate:.2f}", f"{rate / base:.2f}")

    return Table(
        "Training",
        "Steps a second of `python -m train fit` with the recipe `live`, 8 excerpts of 2.6 s each "
        "step, on the processor. One process uses all cores; several share each step.",
        ("processes", "steps a second", "ratio"),
        [row(*each) for each in training.items()],
    )


def _frames(geometry: Geometry) -> str:
    return "1 frame" if geometry.step == 1 else f"{geometry.step} frames"


def _ms(seconds: float) -> str:
    """Milliseconds with two or three digits; seconds from 10 s on.

    >>> _ms(0.00123), _ms(0.0456), _ms(0.731), _ms(11.9)
    ('1.2 ms', '46 ms', '731 ms', '11.9 s')
    """
    ms = 1000 * seconds
    if ms >= 10_000:
        return f"{seconds:.1f} s"
    return f"{ms:.2f} ms" if ms < 1 else f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"


def _mb(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
