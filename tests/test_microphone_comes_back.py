"""The microphone ends and comes back with its process, its engine and its devices."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from livevox.errors import LivevoxError
from livevox.live.commands import UseDevices
from livevox.live.guard import GUARD_STATES
from livevox.live.mic_setup import JACK_CLIENT as MIC_CLIENT
from livevox.live.mic_setup import MicSetup
from livevox.live.microphone import Microphone
from livevox.live.telemetry import Telemetry
from tests.jack import JackServer, needs_jack
from tests.live import QUIET_STEMS, LiveProcess
from tests.microphones import RATE, children, has_ended, lag, sung, supervised
from tests.supervision import look_until

pytestmark = [needs_jack, pytest.mark.real_time]


def test_it_comes_back_when_its_process_has_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with JackServer(RATE, 1024) as server, supervised(server, tmp_path, monkeypatch) as engine:
        # The one that was started last.
        os.kill(children(engine)[-1], signal.SIGKILL)
        look_until(engine, lambda: engine.status and not engine.status.mic)
        look_until(engine, lambda: engine.status and engine.status.mic)
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
        look_until(engine, lambda: engine.status and not engine.status.mic)
        look_until(engine, lambda: engine.status and engine.status.mic)
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
        look_until(engine, lambda: engine.pid != pid)
        os.kill(mic, signal.SIGCONT)
        look_until(engine, lambda: has_ended(mic))
        look_until(engine, lambda: engine.status and engine.status.mic)
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
        look_until(engine, lambda: has_ended(mic))
        look_until(engine, lambda: engine.status and not engine.status.mic)
        look_until(engine, lambda: engine.telemetry.mic_latency == 0)


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
