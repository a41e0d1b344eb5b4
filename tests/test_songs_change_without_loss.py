"""What plays goes on where another file is refused, and nothing of any file is left on the disk."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from livevox.errors import LivevoxError
from livevox.live.commands import Play, UseDevices, UseModel
from livevox.live.supervisor import Supervisor
from tests.jack import JackServer, needs_jack
from tests.live import LiveProcess, noise
from tests.supervision import look_until, small_config

pytestmark = needs_jack

RATE = 44_100


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    soundfile.write(path, noise(120 * RATE).T, RATE)
    return path


@pytest.fixture
def supervisor(song: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """A supervisor with an engine that plays the song."""
    with JackServer() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        with Supervisor(small_config(files=(str(song),), midi_api="dummy")) as supervisor:
            watch(supervisor, lambda fields: supervisor.state == "running")
            supervisor.ask(Play())
            watch(supervisor, lambda fields: fields.position > 0.5)
            yield supervisor


def watch(supervisor: Supervisor, condition: Callable[[Any], bool]) -> None:
    """Return when a condition of the telemetry holds; the engine must live meanwhile."""
    assert look_until(supervisor, lambda: condition(supervisor.telemetry.fields)) == []


def test_a_file_that_cannot_be_played_stops_nothing(
    tmp_path: Path, song: Path, supervisor: Supervisor
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "broken.flac").write_bytes(b"fLaC" + np.random.default_rng(0).bytes(1000))
    (tmp_path / "empty").mkdir()
    (tmp_path / "stale.m3u").write_text("gone.wav\n")
    # As a program that takes every name for UTF-8 passes it on.
    garbled = "Tr\N{REPLACEMENT CHARACTER}ume.wav"
    fields, engine = supervisor.telemetry.fields, supervisor.pid
    for name in ("picture.png", "broken.flac", "empty", "stale.m3u", garbled, "gone.wav"):
        elapsed, position = int(fields.elapsed), float(fields.position)
        with pytest.raises(LivevoxError) as refusal:
            supervisor.ask(UseDevices({"files": (str(tmp_path / name),)}))
        assert name in str(refusal.value)
        # The devices would count anew had they been closed.
        assert fields.elapsed >= elapsed
        watch(supervisor, lambda fields, before=position: fields.position > before + 0.2)
        assert supervisor.status is not None
        assert (supervisor.status.playing, fields.playing) == (song, True)
        assert supervisor.config.files == (str(song),)
    assert supervisor.pid == engine

    other = tmp_path / os.fsdecode(b"Tr\xe4ume.wav")
    soundfile.write(tmp_path / "other.wav", noise(RATE).T, RATE)
    (tmp_path / "other.wav").rename(other)
    supervisor.ask(UseDevices({"files": (str(other),)}))
    # The status follows the telemetry a moment later.
    watch(
        supervisor, lambda _: supervisor.status is not None and supervisor.status.playing == other
    )
    assert supervisor.telemetry.fields.duration == 1.0


def test_a_song_goes_on_with_another_model_and_other_devices(
    song: Path, supervisor: Supervisor
) -> None:
    fields = supervisor.telemetry.fields
    for command in (UseModel("direct"), UseDevices({"output_channels": (1,)})):
        before = float(fields.position)
        supervisor.ask(command)
        assert fields.position >= before
        watch(supervisor, lambda fields, before=before: fields.position > before + 0.2)
        assert fields.playing
        assert supervisor.status is not None
        assert supervisor.status.playing == song


@pytest.mark.parametrize("end", ["interrupted", "engine killed", "device lost"])
def test_no_scratch_file_is_left(tmp_path: Path, end: str) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    save_aac(tmp_path / "song.m4a", noise(20 * RATE))
    arguments = ("--input", str(tmp_path / "song.m4a"))
    variables = {"TMPDIR": str(scratch)}
    with (
        JackServer() as server,
        LiveProcess(server, tmp_path, *arguments, variables=variables) as live,
    ):
        first = live.wait(lambda line: line["playing"] and line["position"] > 0)
        if end == "engine killed":
            os.kill(first["pid"], signal.SIGKILL)
            live.wait(lambda line: line["engine_restarts"] == 1 and line["playing"])
        elif end == "device lost":
            server.kill()
            live.wait(lambda line: line["engine_restarts"] == 1 and line["state"] == "waiting")
        live.end()
    assert list(scratch.rglob("*")) == []


def save_aac(path: Path, audio: np.ndarray) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(audio, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
