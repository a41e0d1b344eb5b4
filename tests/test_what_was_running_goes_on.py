"""A recording and a queue of songs go on after any interruption of the sound, with a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.live.commands import NextFile, Play, Record, StopRecording, UseDevices, UseModel
from livevox.live.supervisor import Supervisor
from tests.jack import JackServer, needs_jack
from tests.jack_changes import change_period, longer, microphone
from tests.live import noise, wrong_samples
from tests.small_models import model_file
from tests.stalls import steady_period
from tests.supervision import end, look_until, small_config

pytestmark = [needs_jack, pytest.mark.real_time]

RATE = 44_100
SONG_SECONDS = 60
FADE = RATE // 10
TOLERANCE = 1e-6
MOST_MISSED = 3 * RATE
"""Samples of a song that may be missed, or heard twice, where the sound begins anew."""


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder of three songs of noise, in order."""
    folder = tmp_path_factory.mktemp("songs")
    found = [folder / f"{number}.wav" for number in (1, 2, 10)]
    for number, song in enumerate(found):
        audio = noise(SONG_SECONDS * RATE, number).T
        soundfile.write(song, audio, RATE, subtype="FLOAT")
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JackServer]:
    with JackServer(RATE, steady_period(RATE)) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def streams(folder: Path) -> dict[str, Audio]:
    """The files of a part, (channels, samples) each."""
    names = ("dry", "vocals", "accompaniment", "mix")
    read = {name: soundfile.read(folder / f"{name}.wav", dtype="float32") for name in names}
    assert {rate for _, rate in read.values()} == {RATE}
    return {name: audio.T for name, (audio, _) in read.items()}


def place(dry: Audio, song: Audio) -> int:
    """Where in a song the input of a part begins; it must go on in a row from there."""
    # It fades in, after the delay.
    begin = int(np.flatnonzero(np.abs(dry).max(axis=0))[0]) + FADE
    start, length = dry[0, begin : begin + 64], dry.shape[1] - begin
    found = np.flatnonzero(np.abs(song[0, : -len(start)] - start[0]) < TOLERANCE)
    for at in map(int, found):
        if np.abs(song[0, at : at + len(start)] - start).max() < TOLERANCE:
            assert wrong_samples(dry[:, begin:], song[:, at : at + length], TOLERANCE) == 0
            return at
    raise AssertionError("the part does not hold the song")


def test_a_program_that_has_ended_is_waited_for(server: JackServer) -> None:
    with Supervisor(small_config(input="guest", midi_api="jack")) as supervisor:

        def running() -> bool:
            return supervisor.state == "running" and supervisor.status is not None

        def reason() -> str:
            return supervisor.status.reason if supervisor.status is not None else ""

        with microphone(server, "Guest"):
            look_until(supervisor, running)
            pid = supervisor.pid
        look_until(supervisor, lambda: supervisor.state == "waiting" and bool(reason()))
        assert "Guest has gone, the sound resumes when it is back" in reason()
        with microphone(server, "Guest"):
            look_until(supervisor, lambda: running() and not reason())
            assert (supervisor.pid, supervisor.restarts) == (pid, 0)
            look_until(supervisor, lambda: supervisor.telemetry.fields.gaps == 1)


def test_a_recording_and_the_songs(tmp_path: Path, songs: list[Path], server: JackServer) -> None:
    config = small_config(files=(str(songs[0].parent),), midi_api="jack")
    with Supervisor(config) as supervisor:
        fields = supervisor.telemetry.fields

        def running() -> bool:
            return supervisor.state == "running" and supervisor.status is not None

        def recorded() -> Path | None:
            status = supervisor.status
            return Path(status.recording) if status and status.recording else None

        def wait_for_next_part(then: Callable[[], object]) -> None:
            """Let something happen, and wait for a second and a half of the part after it."""
            before = recorded()
            then()
            look_until(supervisor, lambda: running() and recorded() not in (None, before))
            parts.append(recorded())
            look_until(supervisor, lambda: bool(fields.recording) and fields.recorded > 1.5)
            # The place in the song is there with the next look.
            look_until(supervisor, lambda: bool(fields.playing))

        parts: list[Path | None] = []
        look_until(supervisor, running)
        supervisor.ask(Play())
        look_until(supervisor, lambda: bool(fields.playing))
        # An engine may end before the supervisor looks again.
        first = Path(supervisor.ask(Record(str(tmp_path))))
        wait_for_next_part(lambda: end(supervisor))
        wait_for_next_part(server.restart)
        wait_for_next_part(lambda: supervisor.ask(UseModel(str(model_file("direct")))))
        wait_for_next_part(lambda: supervisor.ask(UseDevices({"block_size": 2 * server.period})))
        wait_for_next_part(lambda: supervisor.ask(UseDevices({"block_size": None})))
        wait_for_next_part(lambda: change_period(server, longer(server.period, 2)))
        supervisor.ask(NextFile())
        began = float(fields.recorded)
        look_until(supervisor, lambda: fields.recorded > began + 2)
        assert recorded() == parts[-1]
        wait_for_next_part(lambda: end(supervisor))
        assert supervisor.status is not None
        assert supervisor.status.playing == songs[1]
        assert supervisor.ask(StopRecording()) == str(parts[-1])
        look_until(supervisor, lambda: recorded() is None)
        # It has ended for later engines, too.
        end(supervisor)
        restarts = supervisor.restarts
        look_until(supervisor, lambda: supervisor.restarts > restarts and running())
        assert recorded() is None

    names = [f"{first.name}_part{n}" for n in range(2, 9)]
    assert [part and part.name for part in parts] == names
    assert sorted(folder.name for folder in tmp_path.iterdir()) == [first.name, *names]
    music = [soundfile.read(song, dtype="float32")[0].T for song in songs]
    places = []
    for number, name in enumerate(names, 1):
        part = streams(tmp_path / name)
        assert len({audio.shape for audio in part.values()}) == 1
        assert wrong_samples(part["vocals"] + part["accompaniment"], part["dry"]) == 0
        # The sixth of these parts hears the next song, too.
        song, dry = music[number > 6], part["dry"]
        began = place(dry[:, :RATE] if number == 6 else dry, song)
        ended = began + dry.shape[1]
        print(f"{name}: {began / RATE:.2f} to {ended / RATE:.2f} s of the song")
        places.append((began, ended))
    for (_, ended), (began, _) in pairwise(places[:6]):
        assert abs(began - ended) < MOST_MISSED
