"""The microphone is heard a period of the device later, whatever the separation does meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.live.commands import UseModel
from livevox.live.guard import HOWL_DB
from livevox.live.mic_setup import JACK_CLIENT as MIC_CLIENT
from livevox.live.mic_stem import SLACK_SECONDS
from livevox.live.supervisor import Supervisor
from livevox.live.worker import PRIORITY as WORKER_PRIORITY
from livevox.mic.chain import MicChain
from livevox.parameters import defaults, gain
from tests.jack import SHORT_PERIOD, JackServer, needs_jack
from tests.jack_changes import change_period, longer
from tests.live import JACK_CLIENT, LiveProcess
from tests.microphones import PLAIN, RATE, WITH_MIC, connect, lag, sung, supervised
from tests.stalls import BURNER, steady_period
from tests.supervision import look_until

pytestmark = [needs_jack, pytest.mark.real_time]

PLAYER = f"""
import sys
import numpy as np
import rtmixer
import sounddevice

names = [found["name"] for found in sounddevice.query_devices()]
song = np.load(sys.argv[1])
with rtmixer.Mixer(device=names.index("{JACK_CLIENT}"), channels=1) as stream:
    stream.play_buffer(song, 1)
    sounddevice.sleep(round(1000 * len(song) / stream.samplerate))
"""
"""Plays to livevox without hearing it: JACK would delay one connection of a loop by a period."""
SONG_SECONDS = 15
"""Much longer than a slow machine takes to connect it."""
GUARD_SECONDS = 0.1
LOUD_DB = -18.0


def differing(heard: Audio, played: Audio, late: int) -> int:
    """The number of samples that are not what the effects make of ``played``."""
    values = defaults() | PLAIN
    # The filter has forgotten what it was fed before.
    settled = RATE // 4
    expected = MicChain(RATE, values).process(played, values)[:1, : -late or None]
    return int((np.abs(heard[:, late:] - expected)[:, settled:] > 1e-4).sum())


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_its_latency_is_what_is_reported_and_one_period(rate: int, tmp_path: Path) -> None:
    period = steady_period(rate)
    with JackServer(rate, period) as server, LiveProcess(server, tmp_path, *WITH_MIC) as live:
        live.wait_until_running()
        reported = live.wait(lambda line: line["mic"] is not None)
        server.wait_for_client(MIC_CLIENT)
        played = sung(rate)
        heard = server.probe(MIC_CLIENT, played).result()
        live.end()
    late = lag(heard, played, rate // 2, 4 * period)
    # The probe closes a loop, which takes JACK a period.
    assert late == 2 * period
    assert reported["mic_latency_ms"] / 1000 * rate == pytest.approx(period, abs=0.01 * rate / 1000)


def test_its_latency_follows_the_period(tmp_path: Path) -> None:
    first = steady_period(RATE)
    with JackServer(RATE, first) as server, LiveProcess(server, tmp_path, *WITH_MIC) as live:
        live.wait_until_running()
        live.wait(lambda line: line["mic"] is not None)
        for period in (longer(first, 8), first):
            change_period(server, period)
            ms = pytest.approx(1000 * period / RATE, abs=0.01)
            live.wait(
                lambda line, to=period, ms=ms: line["block"] == to and line["mic_latency_ms"] == ms
            )
            server.wait_for_client(MIC_CLIENT)
            played = sung(2 * RATE)
            heard = server.probe(MIC_CLIENT, played).result()
            # As above.
            assert lag(heard, played, RATE, 4 * period) == 2 * period
        live.end()


def test_it_goes_on_while_the_separation_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = steady_period(RATE)
    with JackServer(RATE, period) as server, supervised(server, tmp_path, monkeypatch) as engine:
        late = int(engine.telemetry.fields.late_blocks)
        played = sung(2 * RATE)
        with blocked(worker_of(engine)):
            heard = server.probe(MIC_CLIENT, played).result()
            look_until(engine, lambda: engine.telemetry.fields.late_blocks > late + 10)
        assert differing(heard, played, 2 * period) == 0


def test_it_goes_on_while_another_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = steady_period(RATE)
    with JackServer(RATE, period) as server, supervised(server, tmp_path, monkeypatch) as engine:
        played = sung(4 * RATE)
        probe = server.probe(MIC_CLIENT, played)
        engine.ask(UseModel("direct"))
        look_until(engine, lambda: engine.state == "running")
        assert differing(probe.result(), played, 2 * period) == 0
        assert engine.status is not None
        assert engine.status.mic_reason == ""


@pytest.mark.parametrize("louder_db", [3, 8])
def test_a_howl_is_turned_down_within_100_ms_and_told(louder_db: int, tmp_path: Path) -> None:
    # Every time round, which takes two periods, it is so much louder.
    arguments = (*WITH_MIC, "--set", f"mic={louder_db}", "--set", "mic_limit=-6")
    with (
        JackServer(RATE, SHORT_PERIOD) as server,
        LiveProcess(server, tmp_path, *arguments) as live,
    ):
        live.wait_until_running()
        live.wait(lambda line: line["mic"] is not None)
        connect(server, f"{MIC_CLIENT}:out_", f"{MIC_CLIENT}:in_")
        played = np.zeros((1, 4 * RATE), np.float32)
        # A whole number of waves fits into the loop, so that they add up.
        tone = np.sin(2 * np.pi * 8 / 512 * np.arange(2048)) * np.hanning(2048)
        played[0, RATE : RATE + len(tone)] = 0.0002 * tone
        # Sung after it.
        played[0, 3 * RATE :] = 0.3 * sung(RATE)[0]
        probe = server.probe(MIC_CLIENT, played)
        live.wait(lambda line: any("the microphone is 20 dB" in text for text in line["notices"]))
        heard = np.abs(probe.result()[0])
        live.end()
    loud = np.flatnonzero(heard > gain(LOUD_DB))[0]
    # It grows by itself, and is much softer soon after it was loud.
    assert heard[loud + round(GUARD_SECONDS * RATE) : 3 * RATE].max() < heard[loud]
    rms = np.sqrt(np.mean(heard[-RATE // 2 :] ** 2) / np.mean(played[0, -RATE // 2 :] ** 2))
    assert 20 * np.log10(rms) == pytest.approx(louder_db + HOWL_DB, abs=1.5)


def test_its_stem_is_in_time_with_the_mix(tmp_path: Path) -> None:
    period = steady_period(RATE)
    folder = tmp_path / "recordings"
    arguments = (*WITH_MIC, "--input-channels", "1", "--record", str(folder))
    with JackServer(RATE, period) as server, LiveProcess(server, tmp_path, *arguments) as live:
        live.wait_until_running()
        reported = live.wait(lambda line: line["mic"] is not None and line["recording"])
        song = tmp_path / "song.npy"
        np.save(song, sung(SONG_SECONDS * RATE).T)
        player = subprocess.Popen(
            [sys.executable, "-c", PLAYER, song], env=os.environ | server.environment
        )
        # The singer sings exactly what the music plays.
        deadline = time.monotonic() + 20
        while not any(port.startswith("PortAudio:out") for port in server.ports()):
            assert time.monotonic() < deadline
        connect(server, "PortAudio:out", f"{MIC_CLIENT}:in_")
        assert player.wait(60) == 0
        live.end()
    mix, mic, dry = (
        soundfile.read(next(folder.rglob(f"{name}.wav")), dtype="float32")[0]
        for name in ("mix", "mic", "dry")
    )
    assert len(mix) == len(mic) == len(dry)
    # Late enough for both to have been connected.
    at = int(np.flatnonzero(np.abs(mic) > 0.05)[0]) + RATE // 2
    heard_later = reported["latency_samples"] - period
    whole = 16_384
    spectrum = np.fft.rfft(mix[at : at + 2 * whole], 4 * whole)
    likeness = np.fft.irfft(spectrum * np.conj(np.fft.rfft(mic[at : at + whole], 4 * whole)))
    found = int(likeness[: 2 * whole].argmax())
    assert found == pytest.approx(heard_later, abs=SLACK_SECONDS * RATE)


def worker_of(engine: Supervisor) -> int:
    """The thread of the separation, by its priority."""
    threads = [int(path.name) for path in Path(f"/proc/{engine.pid}/task").iterdir()]
    found = [tid for tid in threads if os.sched_getparam(tid).sched_priority == WORKER_PRIORITY]
    if not found:
        pytest.skip("the system grants no real-time priority, by which the thread is found")
    return found[0]


@contextmanager
def blocked(thread: int) -> Iterator[None]:
    """Give a thread what a processor that another process uses has left, which is nothing."""
    cpu = min(os.sched_getaffinity(0))
    burner = subprocess.Popen(["taskset", "-c", str(cpu), sys.executable, "-c", BURNER])
    try:
        os.sched_setaffinity(thread, {cpu})
        os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
        yield
    finally:
        burner.kill()
        burner.wait()
