"""Faults while `livevox live` plays on a JACK server, and what came of them, measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from livevox.dsp.stft import Audio
from tests.jack import JackServer
from tests.live import (
    JACK_CLIENT,
    QUIET_STEMS,
    STEMS_GAIN,
    LiveProcess,
    delay,
    environment,
    noise,
    tally,
)
from tests.midi_peer import Peer
from tests.midi_peer import environment as here
from tests.stalls import burning
from tests.test_changed_periods_are_followed import change_period

RATE, PERIOD = 44_100, 1024
LONGEST_PERIOD = 4096
STALL_SECONDS = 4
MESSAGES = 20_000

Row = tuple[str, str, str, str]
"""The fault; what happened; what was lost; how long until sound."""
Numbers = dict[str, Any]

DEVICE = """
import sounddevice, time
with sounddevice.OutputStream(device="system", channels=2, samplerate=44100):
    time.sleep(1000)
"""
"""A program that is a device for others until it is killed: JACK calls it PortAudio."""

SMALL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
"""
CLOCK_BACK = """
import datetime, os, time

real, moved = time.time, {moved!r}
time.time = lambda: real() - 3600 * os.path.exists(moved)

class Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

datetime.datetime = Datetime
"""


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


def gap(before: Numbers, after: Numbers) -> str:
    """How long until sound, where it should not stop."""
    if after["gaps"] == before["gaps"]:
        return "it did not stop"
    return f"{after['gap_seconds'] - before['gap_seconds']:.2f} s"


def counted(before: Numbers, after: Numbers) -> str:
    """What livevox itself counts as lost."""
    silent = after["gap_seconds"] - before["gap_seconds"]
    late = after["late_blocks"] - before["late_blocks"]
    words = [f"{silent:.2f} s of sound ({round(silent * RATE)} samples)"] if silent > 0 else []
    words += [f"{late} late blocks, which play the input"] if late else []
    return ", ".join(words) or "nothing"


def sounds_right(server: JackServer, live: LiveProcess) -> str:
    """Whether the sound afterwards is the input at the latency that is told."""
    played = noise(RATE)
    server.wait_for_client(JACK_CLIENT)
    heard = server.probe(JACK_CLIENT, played).result()
    late = live.newest()["latency_samples"] + server.period
    right = delay(heard, played) == late
    return "then right, at the latency told" if right else "then NOT at the latency told"


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
    before = live.newest()
    probe = server.probe(JACK_CLIENT, played)
    time.sleep(1)
    do()
    heard = probe.result()
    after = live.newest()
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
    return fault, what, lost, gap(before, after)


def live_faults(folder: Path) -> Iterator[Row]:
    """All of them, one after another."""
    with playing(folder / "input", "--midi-api", "jack") as (server, live):
        yield from _to_the_engine(server, live)
        yield from _around_it(server, live)
    yield from _devices_that_go(folder / "device")
    yield _disk_full(folder / "disk")
    yield _clock_back(folder / "clock")


def _to_the_engine(server: JackServer, live: LiveProcess) -> Iterator[Row]:
    def stop_for(seconds: float) -> Callable[[Numbers], None]:
        def do(numbers: Numbers) -> None:
            os.kill(numbers["pid"], signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(numbers["pid"], signal.SIGCONT)

        return do

    def new_server(numbers: Numbers) -> None:
        server.kill()
        time.sleep(2)
        server.start()

    for fault, do in (
        ("engine killed (SIGKILL)", lambda n: os.kill(n["pid"], signal.SIGKILL)),
        ("engine stopped for 2 s (SIGSTOP, SIGCONT)", stop_for(2)),
        ("engine stopped for good (SIGSTOP)", lambda n: os.kill(n["pid"], signal.SIGSTOP)),
        ("server killed, another started 2 s later", new_server),
    ):
        yield interrupted(server, live, fault, engines, do)
    for period in (LONGEST_PERIOD, PERIOD):
        yield interrupted(
            server,
            live,
            f"the server's period becomes {period} samples",
            lambda before, after: f"{engines(before, after)}, latency {after['latency_ms']:.0f} ms",
            lambda numbers, to=period: change_period(server, to),
        )


def _around_it(server: JackServer, live: LiveProcess) -> Iterator[Row]:
    def command_stops() -> None:
        live.send(signal.SIGSTOP)
        time.sleep(STALL_SECONDS)
        live.send(signal.SIGCONT)

    yield goes_on(
        server,
        live,
        f"the command stopped for {STALL_SECONDS} s (SIGSTOP, SIGCONT)",
        engines,
        command_stops,
    )

    def starve() -> None:
        with ExitStack() as burners:
            for _ in range(2 * (os.cpu_count() or 1)):
                burners.enter_context(burning())
            time.sleep(STALL_SECONDS)

    yield goes_on(
        server,
        live,
        f"two programs for each core that want all of it, for {STALL_SECONDS} s",
        lambda before, after: f"{after['late_blocks'] - before['late_blocks']} late blocks",
        starve,
    )
    storm = noise((STALL_SECONDS + 2) * RATE)
    storm[:, 2 * RATE : 4 * RATE] = np.nan
    storm[0, 3 * RATE : 4 * RATE] = np.inf
    yield goes_on(
        server,
        live,
        "NaN and infinity for 2 s at the input",
        lambda before, after: (
            f"{after['non_finite'] - before['non_finite']} values counted, silence in their place"
        ),
        lambda: None,
        storm,
    )
    with here(**server.environment), closing(Peer("daw", "livevox")) as peer:
        flood = [[0xBF, 119, n % 128] for n in range(MESSAGES)]
        yield goes_on(
            server,
            live,
            f"{MESSAGES} MIDI messages at once",
            lambda before, after: f"{after['midi_messages'] - before['midi_messages']} came",
            lambda: peer.send(*flood),
        )


def _devices_that_go(folder: Path) -> Iterator[Row]:
    """Another program is the input device. It is not there at the start; then it ends."""
    folder.mkdir()
    arguments = (*QUIET_STEMS, "--input", "PortAudio", "--output", "system")
    with JackServer(RATE, PERIOD) as server, LiveProcess(server, folder, *arguments) as live:
        waits = live.wait(lambda line: line["state"] != "running")
        variables = os.environ | server.environment
        device = subprocess.Popen([sys.executable, "-c", DEVICE], env=variables)
        try:
            server.wait_for_client("PortAudio")
            there = time.monotonic()
            before = live.wait_until_running()
            took = time.monotonic() - there
        finally:
            device.kill()
            device.wait()
        yield (
            "input device missing at the start",
            f"'{waits['state']}' until it is there; {engines(waits, before)}",
            "the time without it",
            f"{took:.1f} s after it is there",
        )
        time.sleep(STALL_SECONDS)
        after = live.newest()
        next_program = sounds_right(server, live)
    heard = "silence" if after["levels_db"]["output"] is None else "SOUND"
    yield (
        "the program that is the input ends",
        f"'{after['state']}', with {heard}; {engines(before, after)}",
        counted(before, after),
        f"with the next program: {next_program}",
    )


def _disk_full(folder: Path) -> Row:
    recordings = folder / "recordings"
    with playing(folder, "--record", str(recordings), start=SMALL_DISK) as (server, live):
        row = goes_on(
            server,
            live,
            "disk full while it records",
            engines,
            lambda: None,
            noise(8 * RATE),
        )
        live.wait(lambda line: not line["recording"])
        told = next(line for line in live.errors.splitlines() if "record" in line and "(" in line)
    (folder_of_it,) = recordings.iterdir()
    lengths = {soundfile.info(path).frames for path in folder_of_it.glob("*.wav")}
    kept = "/".join(str(length) for length in sorted(lengths))
    fault, happened, lost, sound = row
    said = told.replace(str(recordings), "…")
    return fault, f"{happened}; '{said}'", f"{lost}; {kept} samples are in the files", sound


def _clock_back(folder: Path) -> Row:
    moved = folder / "moved"
    with playing(folder, start=CLOCK_BACK.format(moved=str(moved))) as (server, live):
        return goes_on(
            server,
            live,
            "clock set back an hour (simulated, in livevox's processes only)",
            engines,
            moved.touch,
        )


def refused_starts(folder: Path) -> Iterator[Row]:
    """`livevox live` with corrupt files."""
    folder.mkdir()
    garbage = np.random.default_rng(0).bytes(10_000)
    with JackServer(RATE, PERIOD) as server:
        for name, arguments in (
            ("model", ("--model", "corrupt.onnx")),
            ("preset", ("--preset", "corrupt.toml")),
        ):
            (folder / arguments[1]).write_bytes(garbage)
            command = [sys.executable, "-m", "livevox.cli", "live", *arguments]
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment(server, folder),
                capture_output=True,
                text=True,
                timeout=60,
            )
            line = done.stderr.strip().splitlines()[-1]
            yield f"corrupt {name}", f"'{line}', exit status {done.returncode}", "nothing", "none"
        settings = folder / "config" / "livevox" / "settings.toml"
        settings.parent.mkdir(parents=True)
        settings.write_bytes(garbage)
        began = time.monotonic()
        with LiveProcess(server, folder / "config") as live:
            live.wait_until_running()
            took = time.monotonic() - began
            told = next(line for line in live.errors.splitlines() if "settings.toml" in line)
        told = told.replace(str(settings.parent), "…")
        yield "corrupt settings", f"'{told}'", "the settings; their file is kept", f"{took:.1f} s"
