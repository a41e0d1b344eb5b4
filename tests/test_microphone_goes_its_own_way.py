"""The microphone is heard a period of the device later, whatever the separation does meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import signal
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
from livevox.errors import LivevoxError
from livevox.live.commands import UseDevices, UseModel
from livevox.live.engine_config import EngineConfig
from livevox.live.guard import GUARD_STATES, HOWL_DB
from livevox.live.mic_setup import JACK_CLIENT as MIC_CLIENT
from livevox.live.mic_setup import MicSetup
from livevox.live.mic_stem import SLACK_SECONDS
from livevox.live.microphone import Microphone
from livevox.live.supervisor import Supervisor
from livevox.live.telemetry import Telemetry
from livevox.live.worker import PRIORITY as WORKER_PRIORITY
from livevox.mic.chain import MicChain
from livevox.parameters import defaults, gain
from tests.jack import JackServer, needs_jack
from tests.live import JACK_CLIENT, QUIET_STEMS, LiveProcess, environment, noise
from tests.stalls import BURNER, steady_period
from tests.test_changed_periods_are_followed import change_period, longer

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
PLAIN = {"mic_low_cut": 20.0, "mic_limit": 0.0}
PLAIN_OPTIONS = tuple(
    option for name, value in PLAIN.items() for option in ("--set", f"{name}={value}")
)
WITH_MIC = ("--mic", "1", *QUIET_STEMS, *PLAIN_OPTIONS)
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


def sung(samples: int) -> Audio:
    return noise(samples)[:1]


def lag(heard: Audio, played: Audio, at: int, longest: int) -> int:
    """How many samples later ``played`` is heard."""
    part = played[0, at : at + 4000]
    return int(np.correlate(heard[0, at : at + 4000 + longest], part, "valid").argmax())


def differing(heard: Audio, played: Audio, late: int) -> int:
    """The number of samples that are not what the effects make of ``played``."""
    values = defaults() | PLAIN
    # The filter has forgotten what it was fed before.
    settled = RATE // 4
    expected = MicChain(RATE, values).process(played, values)[:1, : -late or None]
    return int((np.abs(heard[:, late:] - expected)[:, settled:] > 1e-4).sum())


@contextmanager
def supervised(server: JackServer, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """An engine with a microphone that sounds."""
    for name, value in environment(server, folder).items():
        patch.setenv(name, value)
    config = EngineConfig(mic=(1,), parameters=defaults() | PLAIN, midi_api="dummy")
    with Supervisor(config) as supervisor:
        look_for(supervisor, lambda: supervisor.status is not None and supervisor.status.mic)
        server.wait_for_client(MIC_CLIENT)
        yield supervisor


def look_for(supervisor: Supervisor, condition: object) -> None:
    deadline = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, supervisor.status
        supervisor.look()
        time.sleep(0.01)


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
            look_for(engine, lambda: engine.telemetry.fields.late_blocks > late + 10)
        assert differing(heard, played, 2 * period) == 0


def test_it_goes_on_while_another_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = steady_period(RATE)
    with JackServer(RATE, period) as server, supervised(server, tmp_path, monkeypatch) as engine:
        played = sung(4 * RATE)
        probe = server.probe(MIC_CLIENT, played)
        engine.ask(UseModel("direct"))
        look_for(engine, lambda: engine.state == "running")
        assert differing(probe.result(), played, 2 * period) == 0
        assert engine.status is not None
        assert engine.status.mic_reason == ""


def test_it_comes_back_when_its_process_has_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with JackServer(RATE, 1024) as server, supervised(server, tmp_path, monkeypatch) as engine:
        # The one that was started last.
        os.kill(children(engine)[-1], signal.SIGKILL)
        look_for(engine, lambda: engine.status and not engine.status.mic)
        look_for(engine, lambda: engine.status and engine.status.mic)
        server.wait_for_client(MIC_CLIENT)
        played = sung(RATE)
        heard = server.probe(MIC_CLIENT, played).result()
        assert lag(heard, played, RATE // 2, 8192) == 2048


def test_it_comes_back_softly_after_a_howl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with JackServer(RATE, 1024) as server, supervised(server, tmp_path, monkeypatch) as engine:
        mic = max(children(engine))
        os.kill(mic, signal.SIGSTOP)
        engine.telemetry.fields.mic_guard = GUARD_STATES.index("howl")
        os.kill(mic, signal.SIGKILL)
        look_for(engine, lambda: engine.status and not engine.status.mic)
        look_for(engine, lambda: engine.status and engine.status.mic)
        assert engine.status is not None
        assert engine.status.mic_guard == "rising"


def test_it_ends_and_comes_back_with_its_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with JackServer(RATE, 1024) as server, supervised(server, tmp_path, monkeypatch) as engine:
        mic, pid = max(children(engine)), engine.pid
        assert pid is not None
        # It sees the next engine before it learns of the end of its own.
        os.kill(mic, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        look_for(engine, lambda: engine.pid != pid)
        os.kill(mic, signal.SIGCONT)
        look_for(engine, lambda: has_ended(mic))
        look_for(engine, lambda: engine.status and engine.status.mic)
        server.wait_for_client(MIC_CLIENT)
        heard = server.probe(MIC_CLIENT, played := sung(RATE)).result()
        assert lag(heard, played, RATE // 2, 8192) == 2048
    assert "Traceback" not in capfd.readouterr().err


def test_it_ends_when_other_devices_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with JackServer(RATE, 1024) as server, supervised(server, tmp_path, monkeypatch) as engine:
        mic = max(children(engine))
        with pytest.raises(LivevoxError, match="nowhere"):
            engine.ask(UseDevices({"output": "nowhere"}))
        look_for(engine, lambda: has_ended(mic))
        look_for(engine, lambda: engine.status and not engine.status.mic)
        look_for(engine, lambda: engine.telemetry.mic_latency == 0)


def test_one_that_is_missing_is_tried_less_and_less_often() -> None:
    def running() -> list[str]:
        names = [child.name for child in multiprocessing.active_children()]
        return [name for name in names if name == "livevox microphone"]

    telemetry = Telemetry()
    microphone = Microphone(telemetry, "open")
    microphone.use(MicSetup("nowhere", (1,), "nowhere", (1, 2), RATE))
    microphone.look(0.0)
    for seconds in (2.0, 2.0 + 4.0):
        while running():
            microphone.look(seconds - 0.1)
        microphone.look(seconds - 0.1)
        assert not running()
        assert "device" in microphone.reason
        microphone.look(seconds)
        assert running()
    microphone.close()
    assert not running()
    telemetry.close()


def test_a_channel_that_is_not_there_is_one_line_and_the_music_plays(tmp_path: Path) -> None:
    with (
        JackServer(RATE, 1024) as server,
        LiveProcess(server, tmp_path, "--mic", "7", *QUIET_STEMS) as live,
    ):
        live.wait_until_running()
        reported = live.wait(lambda line: bool(line["notices"]))
        assert "has 2 input channels, not 7: choose 1 to 2" in reported["notices"][0]
        live.wait(lambda line: line["load"] > 0 and line["mic"] is None)
        live.end()


@pytest.mark.parametrize("louder_db", [3, 8])
def test_a_howl_is_turned_down_within_100_ms_and_told(louder_db: int, tmp_path: Path) -> None:
    # Every time round, which takes two periods, it is so much louder.
    arguments = (*WITH_MIC, "--set", f"mic={louder_db}", "--set", "mic_limit=-6")
    with JackServer(RATE) as server, LiveProcess(server, tmp_path, *arguments) as live:
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


def connect(server: JackServer, source: str, target: str) -> None:
    """Connect the first port of each name."""
    ports = server.ports()
    names = [min(port for port in ports if port.startswith(name)) for name in (source, target)]
    environ = os.environ | server.environment
    subprocess.run(["jack_connect", "-s", server.name, *names], env=environ, check=True)


def children(engine: Supervisor) -> list[int]:
    """The processes that the engine has started, in this order."""
    listed = Path(f"/proc/{engine.pid}/task/{engine.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only its parent does not know it."""
    command = Path(f"/proc/{pid}/cmdline")
    return not command.exists() or not command.read_bytes()


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
