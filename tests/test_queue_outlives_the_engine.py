"""The engine's queue: commands change it, and another engine goes on with it."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile

from livevox.errors import LivevoxError
from livevox.live.commands import AddToQueue, ArrangeQueue, NextFile, Play, PlayQueued
from livevox.live.status import Status
from livevox.live.supervisor import Supervisor
from tests.jack import JackServer, needs_jack
from tests.live import environment, noise
from tests.supervision import look_until, small_config
from tests.terminal import Terminal

pytestmark = needs_jack

RATE = 44_100


@pytest.fixture
def songs(tmp_path: Path) -> list[str]:
    paths = [str(tmp_path / f"{n}.wav") for n in range(4)]
    for path in paths:
        soundfile.write(path, noise(30 * RATE).T, RATE)
    return paths


@pytest.fixture
def supervisor(songs: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """With an engine that plays the second of three songs."""
    with JackServer() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        config = small_config(files=tuple(songs[:3]), song=1, midi_api="dummy")
        with Supervisor(config) as supervisor:
            look_until(supervisor, lambda: supervisor.status is not None)
            supervisor.ask(Play())
            look_until(supervisor, lambda: supervisor.telemetry.fields.position > 0.3)
            yield supervisor


def names(supervisor: Supervisor) -> str:
    """The queue as the status lists it, the song that plays in brackets."""
    status = supervisor.status
    if status is None:
        return ""
    return " ".join(
        f"[{each.path.stem}]" if each.number == status.queued else each.path.stem
        for each in status.queue
    )


def test_the_queue_is_changed_told_and_goes_on_after_a_crash(
    songs: list[str], supervisor: Supervisor
) -> None:
    fields = supervisor.telemetry.fields
    assert names(supervisor) == "0 [1] 2"
    supervisor.ask(AddToQueue((songs[3], songs[1])))
    look_until(supervisor, lambda: names(supervisor) == "0 [1] 2 3 1")
    position = float(fields.position)
    supervisor.ask(ArrangeQueue((4, 3, 1, 0), 4))
    look_until(supervisor, lambda: names(supervisor) == "1 3 [1] 0")
    look_until(supervisor, lambda: fields.position > position + 0.3)
    supervisor.ask(PlayQueued(3))
    look_until(supervisor, lambda: names(supervisor) == "1 [3] 1 0")
    look_until(supervisor, lambda: 0.5 < fields.position < 10)
    assert supervisor.status is not None
    assert supervisor.status.config.files == (songs[1], songs[3], songs[1], songs[0])
    assert supervisor.status.config.song == 1
    with pytest.raises(LivevoxError, match="no longer in the queue"):
        supervisor.ask(PlayQueued(2))
    with pytest.raises(LivevoxError, match="gone"):
        supervisor.ask(AddToQueue((f"{songs[0]}.gone.m3u",)))

    position = float(fields.position)
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    look_until(supervisor, lambda: supervisor.restarts == 1 and supervisor.status is not None)
    assert names(supervisor) == "1 [3] 1 0"
    look_until(supervisor, lambda: bool(fields.playing) and fields.position > position)
    supervisor.ask(NextFile())
    look_until(supervisor, lambda: names(supervisor) == "1 3 [1] 0")


def test_a_broken_song_is_skipped_and_reported(
    tmp_path: Path, songs: list[str], supervisor: Supervisor
) -> None:
    broken = tmp_path / "broken.flac"
    broken.write_bytes(b"fLaC" + bytes(1000))
    supervisor.ask(AddToQueue((str(broken),)))
    supervisor.ask(ArrangeQueue((1, 3, 2), 3))
    supervisor.ask(PlayQueued(3))
    look_until(supervisor, lambda: names(supervisor) == "1 broken [2]")

    def problem(status: Status | None) -> str | None:
        return status and next(each.problem for each in status.queue if each.number == 3)

    look_until(supervisor, lambda: problem(supervisor.status) is not None)
    assert supervisor.status is not None
    assert "broken.flac" in (supervisor.status.file_error or "")
    assert "broken.flac" in (problem(supervisor.status) or "")


@contextmanager
def in_terminal(server: JackServer, config: Path, *inputs: str) -> Iterator[Terminal]:
    """`livevox live` with these inputs, until the key q."""
    options = [option for name in inputs for option in ("--input", name)]
    terminal = Terminal(environment(server, config), "live", *options)
    try:
        yield terminal
        terminal.type("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()


def test_the_terminal_plays_changes_and_remembers_a_queue(songs: list[str], tmp_path: Path) -> None:
    config, spaced = tmp_path / "config", tmp_path / "a song's name.wav"
    Path(songs[1]).rename(spaced)
    with JackServer() as server:
        with in_terminal(server, config, songs[2], songs[0]) as terminal:
            terminal.wait_for(r"2\.wav  \(1 of 2\)")
            terminal.type("n")
            terminal.wait_for(r"0\.wav  \(2 of 2\)")
            terminal.type("p")
            terminal.wait_for(r"2\.wav  \(1 of 2\)")
            # What a terminal sends when files are dropped on it.
            names = f"{shlex.quote(str(spaced))} file://{songs[3]}"
            terminal.type(f"\x1b[200~{names}\x1b[201~")
            terminal.wait_for(r"2\.wav  \(1 of 4\)")
            terminal.type(f"\x1b[200~{tmp_path}/gone.wav\x1b[201~")
            terminal.wait_for(r"gone\.wav does not exist")
            terminal.type("x")
            terminal.wait_for(r"0\.wav  \(1 of 3\)")
            terminal.type("N")
            terminal.wait_for(r"next +3\.wav")
            terminal.type("P")
            terminal.wait_for(r"next +a song's name\.wav")
            terminal.type("n")
            terminal.wait_for(r"name\.wav  \(2 of 3\)")
        with in_terminal(server, config, "queue") as terminal:
            terminal.wait_for(r"name\.wav  \(2 of 3\)")
            terminal.type("n")
            terminal.wait_for(r"3\.wav  \(3 of 3\)")


def test_files_dropped_on_the_terminal_play_instead_of_the_input(
    songs: list[str], tmp_path: Path
) -> None:
    with JackServer() as server, in_terminal(server, tmp_path / "config") as terminal:
        terminal.wait_for(r"live  44100 Hz")
        terminal.type(f"\x1b[200~{songs[0]}\x1b[201~")
        terminal.wait_for(r"0\.wav")
