"""What the keys of `livevox live` do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from livevox.cli.dropped import dropped_files
from livevox.cli.keys import Key, Pasted
from livevox.config.modes import Mode, modes
from livevox.errors import LivevoxError
from livevox.live.command import Command
from livevox.live.commands import (
    AddToQueue,
    ArrangeQueue,
    GetStatus,
    NextFile,
    Pause,
    Play,
    PreviousFile,
    Record,
    Seek,
    SetParameters,
    StopRecording,
    UseDevices,
)
from livevox.live.supervisor import Supervisor
from livevox.parameters import MIC, PARAMETERS, defaults

TELEMETRY_SECONDS = 0.3
"""Time until telemetry surely has a parameter that was set."""
GAIN_STEP_DB = 1.0
SEMITONE = PARAMETERS["key"].notch
TEMPO_STEP = 5.0
"""In per cent of the file's tempo."""
SEEK_SECONDS = 10.0
_KEPT = ("output", "key", "tempo", *MIC)
_NEUTRAL = {name: value for name, value in defaults().items() if name not in _KEPT}
_STEPS = {
    "up": ("vocals", GAIN_STEP_DB),
    "down": ("vocals", -GAIN_STEP_DB),
    "right": ("accompaniment", GAIN_STEP_DB),
    "left": ("accompaniment", -GAIN_STEP_DB),
    "+": ("output", GAIN_STEP_DB),
    "=": ("output", GAIN_STEP_DB),
    ">": ("mic", GAIN_STEP_DB),
    "<": ("mic", -GAIN_STEP_DB),
    "-": ("output", -GAIN_STEP_DB),
    "K": ("key", SEMITONE),
    "k": ("key", -SEMITONE),
    "T": ("tempo", TEMPO_STEP),
    "t": ("tempo", -TEMPO_STEP),
}
_SWITCHES = {
    "v": "vocals_mute",
    "a": "accompaniment_mute",
    "V": "vocals_solo",
    "A": "accompaniment_solo",
    "b": "bypass",
    "m": "mic_mute",
}


class KeyActions:
    """Carries out key presses. Where the engine refuses, ``say`` gets the reason."""

    def __init__(self, supervisor: Supervisor, folder: Path, say: Callable[[str], None]) -> None:
        """``folder`` gets the recordings."""
        self._supervisor = supervisor
        self._folder = folder
        self._say = say
        self.quit = False
        self.stages = False
        """Whether the latency is shown by stage."""
        self.recording = False
        self.modes = (Mode("0", "Neutral", "", _NEUTRAL), *modes())
        self._modes_by_key = {mode.key: mode for mode in self.modes}
        self._asked: dict[str, tuple[float, float]] = {}

    def press(self, key: Key) -> None:
        """Carry out a key press, or queue the files that are dropped."""
        match key:
            case Pasted(text):
                self._try(lambda: self._queue(dropped_files(text)))
            case "q" | "Q":
                self.quit = True
            case "l" | "L":
                self.stages = not self.stages
            case _ if key in self._modes_by_key:
                self._asked.clear()
                self.ask(SetParameters(self._modes_by_key[key].values))
            case _ if key in _STEPS:
                name, step = _STEPS[key]
                self._set(name, PARAMETERS[name].limited(self._value(name) + step))
            case _ if key in _SWITCHES:
                name = _SWITCHES[key]
                self._set(name, 1.0 - self._value(name))
            case "r" | "R":
                if self.recording:
                    self._try(self._end_recording)
                else:
                    self.begin_recording()
            case _ if self._supervisor.config.files:
                self._press_for_file(key)

    def ask(self, command: Command[None]) -> None:
        """Ask the engine to carry out a command."""
        self._try(lambda: self._supervisor.ask(command))

    def begin_recording(self) -> None:
        """Record into a new folder."""

        def begin() -> None:
            folder = self._supervisor.ask(Record(str(self._folder)))
            self.recording = True
            self._say(f"recording into {folder}")

        self._try(begin)

    def _end_recording(self) -> None:
        folder = self._supervisor.ask(StopRecording())
        self.recording = False
        self._say(f"recorded {folder}")

    def _value(self, name: str) -> float:
        """A parameter, including a change that telemetry does not have yet."""
        value, until = self._asked.get(name, (0.0, 0.0))
        return value if time.monotonic() < until else self._supervisor.values[name]

    def _set(self, name: str, value: float) -> None:
        def work() -> None:
            self._supervisor.ask(SetParameters({name: value}))
            self._asked[name] = value, time.monotonic() + TELEMETRY_SECONDS

        self._try(work)

    def _queue(self, files: tuple[str, ...]) -> None:
        """Add files to the queue, or play them instead of the input."""
        if self._supervisor.config.files:
            self._supervisor.ask(AddToQueue(files))
            self._say(f"added to the queue: {', '.join(Path(file).name for file in files)}")
        else:
            self._supervisor.ask(UseDevices({"files": files, "system": False}))
            self._supervisor.ask(Play())

    def _remove(self) -> None:
        """Take the song that plays out of the queue."""
        if (status := self._supervisor.status) is not None:
            numbers = [each.number for each in status.queue]
            order = tuple(number for number in numbers if number != status.queued)
            self._supervisor.ask(ArrangeQueue(order, max(numbers, default=-1)))

    def _change_next(self, later: bool) -> None:
        """Let another song be next: the one after it, which puts the next one to the end, or, if
        not ``later``, the last one. So both move the songs to come round by one."""
        # The keys may come faster than the supervisor looks.
        status = self._supervisor.ask(GetStatus())
        numbers = [each.number for each in status.queue]
        first = numbers.index(status.queued) + 1 if status.queued in numbers else 0
        coming = numbers[first:]
        coming = coming[1:] + coming[:1] if later else coming[-1:] + coming[:-1]
        self._supervisor.ask(ArrangeQueue((*numbers[:first], *coming), max(numbers, default=-1)))

    def _press_for_file(self, key: str) -> None:
        fields = self._supervisor.telemetry.fields
        position = float(fields.position)
        commands: dict[str, Command[None]] = {
            " ": Pause() if fields.playing else Play(),
            ",": Seek(max(0.0, position - SEEK_SECONDS)),
            ".": Seek(position + SEEK_SECONDS),
            "n": NextFile(),
            "p": PreviousFile(),
        }
        if key in commands:
            self.ask(commands[key])
        elif key == "x":
            self._try(self._remove)
        elif key in ("N", "P"):
            self._try(lambda: self._change_next(later=key == "N"))

    def _try(self, action: Callable[[], None]) -> None:
        """Ask the engine for something; show its reason if it refuses."""
        if self._supervisor.state != "running":
            self._say("there is no sound yet")
            return
        try:
            action()
        except LivevoxError as error:
            self._say(str(error))
