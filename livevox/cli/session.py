"""A run of `livevox live`: what is looked after while it plays, and what keys do."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.text import Text

from livevox.cli.report import Report
from livevox.cli.view import CURVE_FRAMES, clock, screen
from livevox.config.modes import Mode, modes
from livevox.config.settings import Settings, save_settings
from livevox.device.devices import INPUT_WORDS
from livevox.errors import LivevoxError
from livevox.live.client import EngineClient, EngineDiedError
from livevox.parameters import PARAMETERS, defaults

NOTICE_SECONDS = 8.0
CLIP_SECONDS = 2.0
TOLD_SECONDS = 0.3
"""Within which the engine has told of a parameter that was set."""
HUNG_SECONDS = 15.0
"""An engine that gives no sign of life for so long is ended; opening devices may take seconds."""
MOST_FAILURES = 3
"""So many engines in a row that end before they begin are a fault that stays."""
GAIN_STEP_DB = 1.0
SEEK_SECONDS = 10.0
_NEUTRAL = {name: value for name, value in defaults().items() if name != "output"}
_STEPS = {
    "up": ("vocals", GAIN_STEP_DB),
    "down": ("vocals", -GAIN_STEP_DB),
    "right": ("accompaniment", GAIN_STEP_DB),
    "left": ("accompaniment", -GAIN_STEP_DB),
    "+": ("output", GAIN_STEP_DB),
    "=": ("output", GAIN_STEP_DB),
    "-": ("output", -GAIN_STEP_DB),
}
_SWITCHES = {
    "v": "vocals_mute",
    "a": "accompaniment_mute",
    "V": "vocals_solo",
    "A": "accompaniment_solo",
    "b": "bypass",
}


class Session:
    """A run of `livevox live`: looks after the engine, and does what keys ask for."""

    def __init__(
        self,
        client: EngineClient,
        settings: Settings | None,
        record: Path | None,
        tell: Callable[[str], None] | None,
    ) -> None:
        """``settings`` are saved once sound flows; ``tell`` gets what is new, a line each."""
        self._client = client
        self._report = Report(client)
        self._settings = settings
        self._folder = record
        self._record_wanted = record is not None
        self._to_play = client.config.file is not None
        self._tell = tell
        self._told: set[str] = set()
        self._notices: list[tuple[float, str]] = []
        self._status: dict[str, Any] = {}
        self._revision = -1
        self._failures = 0
        self._started = False
        self._stages = False
        self._modes = (Mode("0", "Neutral", "", _NEUTRAL), *modes())
        self._modes_by_key = {mode.key: mode for mode in self._modes}
        self._asked: dict[str, tuple[float, float]] = {}
        self._clips: dict[str, tuple[int, float]] = {}
        self.quit = False

    def look(self) -> None:
        """What is to be done several times a second."""
        client, fields = self._client, self._client.telemetry.fields
        self._report.update()
        beat = float(fields.heartbeat)
        if beat and time.monotonic() - beat > HUNG_SECONDS and client.alive:
            client.kill()
        with suppress(EngineDiedError):
            if client.supervise():
                self._restarted(bool(beat))
            if client.state in ("running", "waiting") and fields.revision != self._revision:
                self._revision = int(fields.revision)
                self._status = client.status()
            if client.state == "running" and self._status.get("state") == "running":
                self._run()
        for line in self._reasons():
            if self._tell and line not in self._told:
                self._tell(line)
        self._told = set(self._reasons())

    def _restarted(self, had_begun: bool) -> None:
        self._failures = 0 if had_begun else self._failures + 1
        if self._failures >= MOST_FAILURES:
            raise LivevoxError("the engine ends as soon as it starts: what it said stands above")
        self._revision, self._status = -1, {}
        self._record_wanted = self._record_wanted or self._recording
        self._recording = False
        self.say("the engine ended and was started again")

    _recording = False

    def _run(self) -> None:
        """What begins when sound flows."""
        if not self._started:
            self._started = True
            if self._settings is not None:
                self._remember(self._settings)
            if self._tell:
                now, status = self._report.now(), self._status
                self._tell(
                    f"running: model {status['model']}, {now['sample_rate']} Hz, blocks of "
                    f"{now['block']}, latency {now['latency_ms']:g} ms, "
                    f"{status['playing'] or status['input']} to {status['output']}"
                )
        if self._record_wanted:
            self._record_wanted = False
            self._try(self._begin_recording)
        if self._to_play:
            self._to_play = False
            self._try(self._client.transport, "play")

    def _remember(self, settings: Settings) -> None:
        if (settings.input or "").casefold() in INPUT_WORDS:
            # The word may mean another device tomorrow.
            settings = replace(settings, input=self._status["input"])
        try:
            save_settings(settings)
        except LivevoxError as error:
            self.say(str(error))

    def has_played(self, duration: float | None) -> bool:
        """Whether so many seconds of sound have passed."""
        return duration is not None and self._report.seconds >= duration

    def end(self) -> str:
        """End a recording; return what there is to say of the whole run."""
        self._report.update()
        now = self._report.now()
        line = (
            f"played {clock(now['seconds'])}: {now['late_blocks']} late blocks, "
            f"{now['skipped_blocks']} skipped, {now['xruns']} xruns, {now['dropouts']} dropouts, "
            f"{now['engine_restarts']} engine restarts"
        )
        if self._recording:
            with suppress(LivevoxError):
                line += f"; recorded {self._client.ask('stop_recording')}"
        return line

    def numbers(self) -> dict[str, Any]:
        """For scripts: the report and what there is to say."""
        names = ("model", "input", "output", "reason", "recording_error")
        told = {name: self._status.get(name) for name in names}
        return self._report.now() | told | {"notices": self._reasons()}

    def screen(self) -> Text:
        """For the terminal."""
        now, at = self._report.now(), time.monotonic()
        clipped = []
        for name, count in now["clips"].items():
            before, until = self._clips.get(name, (count, 0.0))
            until = at + CLIP_SECONDS if count > before else until
            self._clips[name] = count, until
            if at < until:
                clipped.append(name)
        self._notices = [(until, text) for until, text in self._notices if until > at]
        notices = [*self._reasons(), *(text for _, text in self._notices)]
        curve = self._report.activity(CURVE_FRAMES)
        return screen(now, self._status, curve, clipped, notices, self._modes, self._stages)

    def say(self, text: str) -> None:
        """Tell something that has happened."""
        if self._tell:
            self._tell(text)
        self._notices.append((time.monotonic() + NOTICE_SECONDS, text))

    def _reasons(self) -> list[str]:
        """Why something is not as it should be, now."""
        status, config = self._status, self._client.config
        if not status:
            return []
        found = [status["recording_error"], status["file_error"]]
        if status["state"] == "waiting" and status["reason"]:
            found.append(f"waiting: {status['reason']}")
        if config.midi_inputs or config.midi_outputs:
            found.append(status["midi_reason"])
            for kind in ("inputs", "outputs"):
                names = [name for name, full in status[f"midi_{kind}"].items() if full is None]
                found += [f"waiting for MIDI {kind[:-1]} '{name}'" for name in names]
        found += [f"no real-time priority: {reason}" for reason in status["refusals"].values()]
        return list(dict.fromkeys(reason for reason in found if reason))

    # Keys

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        match key:
            case "q" | "Q":
                self.quit = True
            case "l" | "L":
                self._stages = not self._stages
            case _ if key in self._modes_by_key:
                self._asked.clear()
                self._try(self._client.set, **self._modes_by_key[key].values)
            case _ if key in _STEPS:
                name, step = _STEPS[key]
                self._try(self._set, name, PARAMETERS[name].limited(self._value(name) + step))
            case _ if key in _SWITCHES:
                name = _SWITCHES[key]
                self._try(self._set, name, 1.0 - self._value(name))
            case "r" | "R":
                self._try(self._end_recording if self._recording else self._begin_recording)
            case _ if self._client.config.file:
                self._press_for_file(key)

    def _value(self, name: str) -> float:
        """A parameter, also where the engine has not yet told what was just asked for."""
        value, until = self._asked.get(name, (0.0, 0.0))
        return value if time.monotonic() < until else self._client.values[name]

    def _set(self, name: str, value: float) -> None:
        self._client.set(**{name: value})
        self._asked[name] = value, time.monotonic() + TOLD_SECONDS

    def _press_for_file(self, key: str) -> None:
        fields = self._client.telemetry.fields
        position = float(fields.position)
        actions: dict[str, tuple[str, *tuple[float, ...]]] = {
            " ": ("pause" if fields.playing else "play",),
            ",": ("seek", max(0.0, position - SEEK_SECONDS)),
            ".": ("seek", position + SEEK_SECONDS),
            "n": ("next",),
            "p": ("previous",),
        }
        if key in actions:
            self._try(self._client.transport, *actions[key])

    def _begin_recording(self) -> None:
        folder = self._client.record(str(self._folder or Path.cwd()))
        self._recording = True
        self.say(f"recording into {folder}")

    def _end_recording(self) -> None:
        folder = self._client.ask("stop_recording")
        self._recording = False
        self.say(f"recorded {folder}")

    def _try(self, action: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        """Ask the engine for something; what it has against it is told."""
        if self._client.state != "running":
            self.say("nothing plays yet")
            return
        try:
            action(*arguments, **named)
        except LivevoxError as error:
            self.say(str(error))
