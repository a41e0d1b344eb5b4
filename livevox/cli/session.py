"""A run of `livevox live`: watches the engine and says what happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.text import Text

from livevox.cli.key_actions import KeyActions
from livevox.cli.report import Report
from livevox.cli.sung import SungLines
from livevox.cli.view import CURVE_FRAMES, clock, screen
from livevox.config.settings import Settings, load_settings, save_settings
from livevox.device.devices import INPUT_WORDS
from livevox.errors import LivevoxError
from livevox.live.commands import Play, StopRecording
from livevox.live.guard import GuardState
from livevox.live.status import Status
from livevox.live.supervisor import Death, Supervisor

NOTICE_SECONDS = 8.0
CLIP_SECONDS = 2.0
GUARD_WORDS: Mapping[GuardState, str] = {
    "rising": "the output rises to its level, 4 dB a second",
    "howl": "feedback: the output is 20 dB lower and rises again after 5 s; "
    "turn it down, or move the microphone away from the loudspeaker",
}
MIC_HOWL = (
    "feedback: the microphone is 20 dB lower and rises again after 5 s; "
    "turn it down, or move it away from the loudspeaker"
)


class Session:
    """A run of `livevox live`."""

    def __init__(
        self,
        supervisor: Supervisor,
        settings: Settings | None,
        record: Path | None,
        announce: Callable[[str], None] | None,
    ) -> None:
        """``settings`` are saved once sound flows; ``announce`` gets news, one line each."""
        self._supervisor = supervisor
        self._report = Report(supervisor)
        self._sung = SungLines(supervisor.telemetry)
        self._settings = settings
        self.actions = KeyActions(supervisor, record or Path.cwd(), self.say)
        self._record_wanted = record is not None
        self._to_play = bool(supervisor.config.files)
        self._announce = announce
        self._announced: set[str] = set()
        self._notices: list[tuple[float, str]] = []
        self._notice = ""
        """The engine's notice that was last shown."""
        self._output: str | None = None
        """The device where the computer's sound is heard."""
        self._started = False
        self._queue: tuple[tuple[str, ...], int] = (), 0
        """The queue and the index of its song, as saved last."""
        self._part: str | None = None
        """The folder of the recording's part, as last reported by the engine."""
        self._clips: dict[str, tuple[int, float]] = {}

    def look(self) -> None:
        """Watch the engine; call this several times a second.

        Raises LivevoxError if engines keep ending.
        """
        # Before another engine restarts the counters.
        self._report.update()
        if death := self._supervisor.look():
            self._restarted(death)
        status = self._supervisor.status
        if status is not None and status.notice not in ("", self._notice):
            self._notice = status.notice
            self.say(status.notice)
        if status is not None and status.state == self._supervisor.state == "running":
            self._run(status)
        if status is not None and (problem := self._sung.follow(status.playing)):
            self.say(problem)
        reasons = self._reasons()
        for line in reasons:
            if self._announce and line not in self._announced:
                self._announce(line)
        self._announced = set(reasons)

    def _restarted(self, death: Death) -> None:
        if self._supervisor.gave_up:
            raise LivevoxError("the engine keeps ending: see its messages above")
        if death.device_lost:
            self.say("a sound device was lost: the sound resumes when it is back")
        else:
            self.say("the engine ended and was restarted")

    def _run(self, status: Status) -> None:
        """Do what has to wait for running sound."""
        if not self._started:
            self._started = True
            if self._settings is not None:
                self._remember(self._settings, status)
            if self._announce:
                now = self._report.now()
                source = status.playing.name if status.playing else status.input
                self._announce(
                    f"running: model {status.model}, {now.sample_rate} Hz, blocks of "
                    f"{now.block}, latency {now.latency_ms:g} ms, "
                    f"{source} to {status.output}"
                )
        queue = status.config.files, status.config.song
        if queue != self._queue:
            self._queue = queue
            self._save(load_settings()[0].with_queue(*queue))
        if status.config.system and status.output != self._output:
            if self._output is not None:
                self.say(f"the computer's sound is heard on {status.output} now")
            self._output = status.output
        if self._record_wanted:
            self._record_wanted = False
            self.actions.begin_recording()
        if status.recording != self._part:
            self._part = status.recording
            if status.config.recording not in (None, self._part):
                self.say(f"the recording continues in {self._part}")
            elif self._part and not self.actions.recording:
                # The engine that was asked for it ended before it could answer.
                self.say(f"recording into {self._part}")
            self.actions.recording = self._part is not None
        if self._to_play:
            self._to_play = False
            self.actions.ask(Play())

    def _remember(self, settings: Settings, status: Status) -> None:
        if (settings.input or "").casefold() in INPUT_WORDS:
            # The word may stand for another device at the next start.
            settings = replace(settings, input=status.input)
        self._save(settings)

    def _save(self, settings: Settings) -> None:
        try:
            save_settings(settings)
        except LivevoxError as error:
            self.say(str(error))

    def has_played(self, duration: float | None) -> bool:
        """Whether this many seconds of sound have passed."""
        return duration is not None and self._report.seconds >= duration

    def end(self) -> str:
        """End the recording, if any; return a summary of the run."""
        self._report.update()
        now = self._report.now()
        line = (
            f"played {clock(now.seconds)}: {now.late_blocks} late blocks, "
            f"{now.skipped_blocks} skipped, {now.xruns} xruns, {now.engine_restarts} engine "
            f"restarts, {now.gaps} gaps in the sound ({now.gap_seconds:.2f} s)"
        )
        if self.actions.recording:
            with suppress(LivevoxError):
                line += f"; recorded {self._supervisor.ask(StopRecording())}"
        return line

    def numbers(self) -> dict[str, Any]:
        """The report and the notices, for scripts."""
        status = self._supervisor.status
        return asdict(self._report.now()) | {
            "model": status and status.model,
            "input": status and status.input,
            "output": status and status.output,
            "reason": status and status.reason,
            "mic": status and status.mic,
            "recording_error": status and status.recording_error,
            "notices": self._reasons(),
        }

    def screen(self) -> Text:
        """The display for the terminal."""
        now, at = self._report.now(), time.monotonic()
        clipped = []
        for name, count in now.clips.items():
            before, until = self._clips.get(name, (count, 0.0))
            until = at + CLIP_SECONDS if count > before else until
            self._clips[name] = count, until
            if at < until:
                clipped.append(name)
        self._notices = [(until, text) for until, text in self._notices if until > at]
        notices = [*self._reasons(), *(text for _, text in self._notices)]
        curve = self._report.activity(CURVE_FRAMES)
        status = self._supervisor.status
        sung = self._sung.shown()
        modes, stages = self.actions.modes, self.actions.stages
        return screen(now, status, curve, sung, clipped, notices, modes, stages)

    def say(self, text: str) -> None:
        """Show a message for some seconds."""
        if self._announce:
            self._announce(text)
        self._notices.append((time.monotonic() + NOTICE_SECONDS, text))

    def _reasons(self) -> list[str]:
        """The current problems."""
        status = self._supervisor.status
        if status is None:
            return []
        found = [status.recording_error, status.file_error]
        if status.reason:
            found.append(f"waiting: {status.reason}")
        if status.config.midi_inputs or status.config.midi_outputs:
            found.append(status.midi_reason)
            for kind, ports in (("input", status.midi_inputs), ("output", status.midi_outputs)):
                missing = (name for name, full in ports.items() if full is None)
                found += [f"waiting for MIDI {kind} '{name}'" for name in missing]
        if status.mic_reason:
            found.append(f"waiting for the microphone: {status.mic_reason}")
        found.append(GUARD_WORDS.get(status.guard))
        if status.mic_guard == "howl":
            found.append(MIC_HOWL)
        found += [f"no real-time priority: {reason}" for reason in status.refusals.values()]
        return list(dict.fromkeys(reason for reason in found if reason))
