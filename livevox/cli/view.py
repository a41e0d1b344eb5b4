"""The display of `livevox live` in a terminal, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from livevox.cli.report import OWN_STAGES, Numbers
from livevox.config.modes import Mode, current_mode
from livevox.dsp.stft import Audio
from livevox.live.status import Status
from livevox.parameters import MIC, PARAMETERS, SILENCE_DB

METER_CELLS = 30
METER_FLOOR_DB = -60.0
CURVE_CELLS = 60
FRAMES_PER_CELL = 6
CURVE_FRAMES = CURVE_CELLS * FRAMES_PER_CELL
"""Frames of singing activity that the curve shows, 4.2 s."""
HELP = "\u2191\u2193 voice  \u2190\u2192 music  +- output  v a mute  V A solo  b bypass"
MORE_HELP = "k K key  l latency  r record  q quit"
FILE_HELP = "space play/pause  , . seek 10 s  t T tempo  n p next, previous song  x remove it"
QUEUE_HELP = "N P which song comes next"
MIC_HELP = "< > microphone  m mute it"
_EIGHTHS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588"
_HEIGHTS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_MIC_LABEL = {"mic": "mic"}
_LABELS = {"input": "input", "vocals": "voice", "accompaniment": "music", "output": "output"}


def screen(
    now: Numbers,
    status: Status | None,
    curve: Audio,
    sung: Sequence[Text],
    clipped: Sequence[str],
    notices: Sequence[str],
    modes: Sequence[Mode],
    stages: bool,
) -> Text:
    """The whole display, some 18 lines of up to 80 columns.

    ``status`` is the engine's, None before the first one; ``curve`` is the activity of
    :data:`CURVE_FRAMES`; ``sung`` are lines of the lyrics; ``clipped`` names the meters that have
    just clipped; ``modes`` are those with keys; ``stages`` adds the stages of the latency.
    """
    playing, following = status.playing if status else None, _following(status)
    lines = [_head(now, status, current_mode(modes, now.parameters))]
    mic = bool(status and status.config.mic)
    for name, label in (_LABELS | (_MIC_LABEL if mic else {})).items():
        lines.append(_meter(label, now.levels_db[name], name in clipped))
    lines.append(_singing(curve, now.activity, now.parameters["gate_threshold"]))
    lines.append(_parameters(now.parameters))
    lines.append(_health(now))
    if mic:
        lines.append(_microphone(now))
    if stages:
        stages_ms = dict(now.latency_by_stage_ms)
        if now.round_trip_ms is not None:
            stages_ms = {name: stages_ms[name] for name in OWN_STAGES}
            stages_ms["devices, measured"] = now.round_trip_ms
        parts = (
            f"{name} {'unknown' if ms is None else format(ms, '.1f')}"
            for name, ms in stages_ms.items()
        )
        lines.append(Text("          " + " + ".join(parts)))
    if playing:
        sign = "\u25b6" if now.playing else "\u2016"
        place = f"{clock(now.position)} / {clock(now.duration)}"
        lines.append(Text(f"file      {sign} {place}  {playing.name}{_in_queue(status)}"))
        if following:
            lines.append(Text(f"next      {following}"))
        lines += sung
    if now.recording:
        left = clock(now.disk_left)
        lines.append(Text(f"recording {clock(now.recorded)}, room for {left}", "bold red"))
    ports = status.midi_inputs if status else {}
    if ports or now.midi_messages:
        lines.append(Text(_midi(now.midi_messages, ports)))
    lines += [Text(notice, "bold yellow") for notice in notices]
    keys = "  ".join(f"{mode.key} {mode.title.lower()}" for mode in modes)
    lines += [Text(line, "dim") for line in (HELP, keys, MORE_HELP)]
    if mic:
        lines.append(Text(MIC_HELP, "dim"))
    if playing:
        lines.append(Text(FILE_HELP, "dim"))
        if following:
            lines.append(Text(QUEUE_HELP, "dim"))
    return Text("\n").join(lines)


def _head(now: Numbers, status: Status | None, mode: Mode | None) -> Text:
    text = Text("livevox", "bold")
    if mode:
        text.append(f"  {mode.title}", "bold green")
    if now.state != "running" or status is None:
        return text.append(f"  {now.state}", "bold yellow")
    source = "file" if status.playing else status.input
    text.append(
        f"  {status.model}  {now.sample_rate} Hz / {now.block}  {source} \u2192 {status.output}",
        "not bold",
    )
    return text


def _meter(label: str, level: float | None, clipped: bool) -> Text:
    shown = METER_FLOOR_DB if level is None else min(max(level, METER_FLOOR_DB), 0.0)
    eighths = round((1 - shown / METER_FLOOR_DB) * METER_CELLS * 8)
    full, rest = divmod(eighths, 8)
    bar = (_EIGHTHS[8] * full + _EIGHTHS[rest]).strip().ljust(METER_CELLS, "\u00b7")
    colour = "red" if shown > -3 else "yellow" if shown > -12 else "green"
    number = "    -\u221e" if level is None else f"{level:6.1f}"
    text = Text(f"{label:<9} ").append(bar, colour).append(f" {number} dB")
    return text.append("  CLIP", "bold red") if clipped else text


def _singing(curve: Audio, activity: float, threshold: float) -> Text:
    cells = curve.reshape(CURVE_CELLS, -1).max(axis=1)
    line = "".join(_HEIGHTS[round(float(min(max(cell, 0.0), 1.0)) * 8)] for cell in cells)
    lamp = ("\u25cf", "bold green") if activity >= threshold else ("\u25cb", "dim")
    return (
        Text("singing ").append(*lamp).append(" ").append(line, "cyan").append(f" {activity:4.0%}")
    )


def _parameters(values: Mapping[str, float]) -> Text:
    """Gains, active switches, and other parameters of the mixer that are not at their default."""
    parts = []
    for name, label in (("vocals", "voice"), ("accompaniment", "music"), ("output", "output")):
        shown = "off" if values[name] <= SILENCE_DB else f"{values[name]:+.1f} dB"
        marks = [mark for mark in ("mute", "solo") if values.get(f"{name}_{mark}")]
        parts.append(" ".join((label, shown, *marks)))
    for name, parameter in PARAMETERS.items():
        if name in MIC:
            continue
        in_mixer = parameter.unit == "dB" or name.endswith(("_mute", "_solo"))
        if name in ("gate", "duck") or not in_mixer:
            if values[name] == parameter.default:
                continue
            value = "" if parameter.is_switch else f" {values[name]:g} {parameter.unit}"
            parts.append(f"{parameter.label.lower()}{value}".rstrip())
    return Text("balance   " + "   ".join(parts))


def _health(now: Numbers) -> Text:
    text = Text(f"latency   {now.latency_ms:.1f} ms   load {now.load:.0%}")
    for label, count in (
        ("late", now.late_blocks),
        ("skipped", now.skipped_blocks),
        ("xruns", now.xruns),
        ("restarts", now.engine_restarts),
        ("gaps", now.gaps),
    ):
        text.append(f"   {label} {count}", "yellow" if count else "")
    if now.gaps:
        text.append(f" ({now.gap_seconds:.1f} s)", "yellow")
    if now.drift_ppm:
        text.append(f"   drift {now.drift_ppm:+.0f} ppm")
    return text


def _in_queue(status: Status | None) -> str:
    """Where in the queue the file is, if it holds several."""
    numbers = [each.number for each in status.queue] if status else []
    if status is None or len(numbers) < 2 or status.queued not in numbers:
        return ""
    return f"  ({numbers.index(status.queued) + 1} of {len(numbers)})"


def _following(status: Status | None) -> str:
    """The name of the song that comes next, if there is one."""
    queue = status.queue if status else ()
    numbers = [each.number for each in queue]
    if status is None or status.queued not in numbers:
        return ""
    later = queue[numbers.index(status.queued) + 1 :]
    return next((each.path.name for each in later if each.problem is None), "")


def _microphone(now: Numbers) -> Text:
    text = Text(f"mic       {now.mic_latency_ms:.1f} ms")
    for name in MIC:
        parameter, value = PARAMETERS[name], now.parameters[name]
        if name != "mic" and value == parameter.default:
            continue
        shown = "" if parameter.is_switch else f" {value:g} {parameter.unit}".rstrip()
        text.append(f"   {parameter.label.lower()}{shown}")
    if now.mic_dropouts:
        text.append(f"   dropouts {now.mic_dropouts}", "yellow")
    return text


def _midi(messages: int, ports: Mapping[str, str | None]) -> str:
    names = (full or f"{name} (missing)" for name, full in ports.items())
    return f"MIDI      {messages} messages   {', '.join(names)}".rstrip()


def clock(seconds: float) -> str:
    """Minutes and seconds, and hours if there are any.

    >>> clock(62.5), clock(7322)
    ('1:02', '2:02:02')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
