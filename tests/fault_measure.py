"""Measures a fault while livevox plays on a JACK server: what was lost, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from livevox.dsp.stft import Audio
from tests.jack import JackServer
from tests.live import (
    JACK_CLIENT,
    QUIET_STEMS,
    STEMS_GAIN,
    LiveProcess,
    delay,
    noise,
    tally,
)

RATE, PERIOD = 44_100, 1024
STALL_SECONDS = 4
LONG_STAND = 0.5
"""Seconds; less is the rounding of the numbers' time."""
SHORTEST_SILENCE = 0.001
"""Noise is silent for less by chance."""

Row = tuple[str, str, str, str]
"""The fault; what happened; what was lost; how long until sound."""
Numbers = dict[str, Any]


@contextmanager
def playing(
    folder: Path, *arguments: str, start: str = ""
) -> Iterator[tuple[JackServer, LiveProcess]]:
    """Both stems 6 dB down; ``start`` is Python that all processes of livevox run as they start."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(start)
    variables = {"PYTHONPATH": str(folder)}
    with (
        JackServer(RATE, PERIOD) as server,
        LiveProcess(server, folder, *QUIET_STEMS, *arguments, variables=variables) as live,
    ):
        live.wait_until_running()
        yield server, live


def engines(before: Numbers, after: Numbers) -> str:
    """Whether the sound is still that of the same engine."""
    more = after["engine_restarts"] - before["engine_restarts"]
    return f"{more} new engine" if more else "the same engine goes on"


def longest_silence(heard: Audio, wanted: Audio) -> float:
    """In seconds, where something else should be heard."""
    silent = (np.abs(heard).max(axis=0) < 1e-6) & (np.abs(wanted).max(axis=0) > 1e-6)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(int)))
    return float((edges[1::2] - edges[::2]).max(initial=0)) / RATE


def counted(before: Numbers, after: Numbers) -> str:
    """What livevox itself counts as lost."""
    silent = after["gap_seconds"] - before["gap_seconds"]
    late = after["late_blocks"] - before["late_blocks"]
    words = [f"{silent:.2f} s of sound ({round(silent * RATE)} samples)"] if silent > 0 else []
    words += [f"{late} late blocks, which play the input"] if late else []
    return ", ".join(words) or "nothing"


def sounds_right(server: JackServer, live: LiveProcess) -> str:
    """Whether the sound afterwards is the input at the latency that is reported."""
    played = noise(RATE)
    server.wait_for_client(JACK_CLIENT)
    heard = server.probe(JACK_CLIENT, played).result()
    late = live.newest()["latency_samples"] + server.period
    right = delay(heard, played) == late
    return "then right, at the reported latency" if right else "then NOT at the reported latency"


def interrupted(
    server: JackServer,
    live: LiveProcess,
    fault: str,
    happened: Callable[[Numbers, Numbers], str],
    do: Callable[[Numbers], object],
) -> Row:
    """A fault that ends the sound: wait until livevox counts that the gap is over."""
    before = live.newest()
    began = time.monotonic()
    do(before)
    after = live.wait(
        lambda line: (
            line["gaps"] > before["gaps"] and line["state"] == "running" and line["load"] > 0
        )
    )
    took = time.monotonic() - began
    what = f"{happened(before, after)}; {sounds_right(server, live)}"
    return fault, what, counted(before, after), f"{took:.1f} s"


def goes_on(
    server: JackServer,
    live: LiveProcess,
    fault: str,
    happened: Callable[[Numbers, Numbers], str],
    do: Callable[[], object],
    played: Audio | None = None,
) -> Row:
    """A fault that should not be heard: every sample that leaves meanwhile is compared."""
    played = noise((STALL_SECONDS + 2) * RATE) if played is None else played
    before, began = live.newest(), time.monotonic()
    probe = server.probe(JACK_CLIENT, played)
    time.sleep(1)
    do()
    heard = probe.result()
    after = live.newest()
    stood = time.monotonic() - began - (after["samples"] - before["samples"]) / RATE
    late = after["latency_samples"] + server.period
    clean = np.nan_to_num(played[:, :-late], nan=0, posinf=0, neginf=0)
    found = tally(heard[:, late:], STEMS_GAIN * clean, clean)
    others = found.compared - found.results - found.inputs
    words = f"{found.inputs} of {found.compared} samples as they came in" if found.inputs else ""
    words += f"{', ' if words else ''}{others} others" if others else ""
    what = happened(before, after)
    if not np.isfinite(heard).all():
        what += "; NaN CAME OUT"
    lost = words or f"nothing of {found.compared} samples"
    silence = longest_silence(heard[:, late:], clean)
    if stood > LONG_STAND:
        what += f"; the server waited for {stood:.1f} s"
        silence += stood
    sound = f"{silence:.1f} s" if silence > SHORTEST_SILENCE else "it did not stop"
    return fault, what, lost, sound
