"""The supervisor of an engine: the state that a new engine takes over, and the limit of restarts.

The engine is a real one that waits for a missing output device.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from livevox.config.preset import load_preset
from livevox.errors import LivevoxError
from livevox.live import supervisor as module
from livevox.live.client import EngineDiedError
from livevox.live.commands import (
    Learn,
    Pause,
    PlayTone,
    Record,
    SetBindings,
    SetParameters,
    StopRecording,
    UseDevices,
    UsePreset,
)
from livevox.live.engine_config import EngineConfig
from livevox.live.status import Status
from livevox.live.supervisor import Death, Supervisor
from livevox.midi.binding import Binding
from tests.supervision import end, look_until

NOWHERE = EngineConfig(output="no such device", midi_api="dummy")


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """A supervisor with an engine that waits for a device."""
    with Supervisor(NOWHERE) as supervisor:
        look_until(supervisor, lambda: supervisor.status is not None)
        yield supervisor


def test_a_new_engine_goes_on_with_the_configuration_of_the_old(supervisor: Supervisor) -> None:
    preset, bindings = load_preset("rehearsal"), (Binding("cc", 7, "vocals"),)
    supervisor.ask(UsePreset(preset))
    supervisor.ask(SetBindings(bindings))
    supervisor.ask(SetParameters({"output": -7.0}))
    look_until(supervisor, lambda: supervisor.values["output"] == -7.0)
    pid = supervisor.pid
    end(supervisor)
    deaths = look_until(supervisor, lambda: supervisor.pid != pid and supervisor.status is not None)
    assert deaths == [Death(device_lost=False, restarted=True)]
    assert supervisor.restarts == 1
    assert supervisor.status is not None
    config = supervisor.status.config
    assert config.parameters == preset.values() | {"output": -7.0}
    assert (config.preset, config.bindings, config.output) == (
        "rehearsal",
        bindings,
        NOWHERE.output,
    )


def test_the_next_engine_has_the_changes_that_a_dead_one_was_asked_for(
    supervisor: Supervisor,
) -> None:
    end(supervisor)
    for command in (UseDevices({"sample_rate": 48_000, "stems": True}), Record("somewhere")):
        with pytest.raises(EngineDiedError):
            supervisor.ask(command)
    look_until(supervisor, lambda: supervisor.restarts == 1 and supervisor.status is not None)
    assert supervisor.status is not None
    config = supervisor.status.config
    assert (config.sample_rate, config.stems, config.output) == (48_000, True, NOWHERE.output)
    # It waits for the sound.
    assert config.record_into == "somewhere"
    supervisor.ask(StopRecording())
    assert supervisor.config.record_into is None


def test_the_status_follows_what_is_asked_and_what_is_refused(supervisor: Supervisor) -> None:
    def status() -> Status:
        assert supervisor.status is not None
        return supervisor.status

    supervisor.ask(Learn("vocals"))
    look_until(supervisor, lambda: status().learning == "vocals")
    before = status()
    with pytest.raises(LivevoxError) as refusal:
        supervisor.ask(UseDevices({"output": "another device"}))
    look_until(supervisor, lambda: status() is not before)
    assert status().config.output == supervisor.config.output == "another device"
    assert status().reason == str(refusal.value)
    for command in (PlayTone(True), Pause(), SetParameters({"vocals": 99.0})):
        with pytest.raises(LivevoxError):
            supervisor.ask(command)
    supervisor.look()
    assert supervisor.config.parameters["vocals"] == 0.0


def test_an_engine_that_hangs_is_replaced(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HUNG_SECONDS", 1.0)
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGSTOP)
    deaths = look_until(supervisor, lambda: supervisor.restarts == 1)
    assert deaths == [Death(device_lost=False, restarted=True)]


def test_engines_that_end_at_once_are_given_up_until_one_is_asked_for() -> None:
    with Supervisor(NOWHERE) as supervisor:
        deaths = []
        for _ in range(module.MOST_FAILURES):
            end(supervisor)
            deaths.append(supervisor.look())
        lost = [Death(device_lost=False, restarted=True)] * (module.MOST_FAILURES - 1)
        assert deaths == [*lost, Death(device_lost=False, restarted=False)]
        assert supervisor.gave_up
        assert supervisor.state == "ended"
        assert supervisor.look() is None
        supervisor.restart()
        look_until(supervisor, lambda: supervisor.state == "waiting")
        assert not supervisor.gave_up
