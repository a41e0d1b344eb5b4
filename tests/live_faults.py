"""Faults while `livevox live` plays on a JACK server, and what came of them."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import soundfile

from tests.fault_measure import (
    PERIOD,
    RATE,
    STALL_SECONDS,
    Numbers,
    Row,
    counted,
    engines,
    goes_on,
    interrupted,
    playing,
)
from tests.jack import JackServer
from tests.jack_changes import change_period
from tests.live import QUIET_STEMS, LiveProcess, environment, noise
from tests.midi_peer import Peer
from tests.midi_peer import environment as here
from tests.stalls import burning

LONGEST_PERIOD = 4096
MESSAGES = 20_000
SMALL_DISK = 2_000_000
"""The longest file in bytes."""

DEVICE = """
import sounddevice, time
with sounddevice.OutputStream(device="system", channels=2, samplerate=44100):
    time.sleep(1000)
"""
"""A program that is a device for others until it is killed: JACK calls it PortAudio."""

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


def live_faults(folder: Path) -> Iterator[Row]:
    """All of them, one after another."""
    with playing(folder / "input", "--midi-api", "jack") as (server, live):
        yield from _to_the_engine(server, live)
        yield from _around_it(server, live)
    yield from _devices_that_go(folder / "device")
    yield _disk_full(folder / "disk")
    yield _clock_back(folder / "clock")


def _to_the_engine(server: JackServer, live: LiveProcess) -> Iterator[Row]:
    def new_server(numbers: Numbers) -> None:
        server.kill()
        time.sleep(2)
        server.start()

    for fault, do in (
        ("engine killed (SIGKILL)", lambda n: os.kill(n["pid"], signal.SIGKILL)),
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
    def engine_stops() -> None:
        pid = live.newest()["pid"]
        os.kill(pid, signal.SIGSTOP)
        time.sleep(2)
        os.kill(pid, signal.SIGCONT)

    yield goes_on(server, live, "engine stopped for 2 s (SIGSTOP, SIGCONT)", engines, engine_stops)

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
        waits = live.wait(lambda line: line["state"] == "waiting")
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
        gone = live.wait(lambda line: line["state"] == "waiting")
        device = subprocess.Popen([sys.executable, "-c", DEVICE], env=variables)
        try:
            server.wait_for_client("PortAudio")
            there = time.monotonic()
            after = live.wait(lambda line: line["state"] == "running" and line["load"] > 0)
            took = time.monotonic() - there
        finally:
            device.kill()
            device.wait()
    yield (
        "the program that is the input ends",
        f"'{gone['reason']}'; {engines(before, after)}",
        counted(before, after),
        f"{took:.1f} s after it is there again",
    )


def _disk_full(folder: Path) -> Row:
    """As on a full disk, the engine can't make a file any longer from some moment on."""
    recordings = folder / "recordings"
    with playing(folder, "--record", str(recordings)) as (server, live):
        pid = live.wait(lambda line: line["recording"])["pid"]
        limits = (SMALL_DISK, SMALL_DISK)
        fault, happened, lost, sound = goes_on(
            server,
            live,
            "disk full while it records",
            engines,
            lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, limits),
            noise(8 * RATE),
        )
        live.wait(lambda line: not line["recording"])
        announced = [line for line in live.errors.splitlines() if "record" in line][-1]
    said = announced.replace(str(recordings), "…")
    lengths = sorted({soundfile.info(path).frames for path in recordings.glob("*/*.wav")})
    kept = " or ".join(map(str, lengths))
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
            line = next(line for line in live.errors.splitlines() if "settings.toml" in line)
        line = line.replace(str(settings.parent), "…")
        yield "corrupt settings", f"'{line}'", "the settings; their file is kept", f"{took:.1f} s"
