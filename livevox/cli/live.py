"""The command line of playing live: `livevox live`, `devices`, `midi`, `latency`."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from livevox.cli.keys import Keys
from livevox.cli.presets import assignment
from livevox.cli.session import Session
from livevox.config.preset import Preset, load_preset
from livevox.config.settings import load_settings
from livevox.device.devices import INPUT_WORDS, devices
from livevox.errors import LivevoxError
from livevox.live.engine_config import EngineConfig
from livevox.live.supervisor import Supervisor
from livevox.media.files import MUSIC_SUFFIXES
from livevox.midi.control import MidiControl, Move, Recall
from livevox.midi.ports import MidiPorts, midi_ports
from livevox.network.model import load_model
from livevox.parameters import PARAMETERS, checked

LOOK_SECONDS = 0.1
JSON_SECONDS = 1.0
DEFAULT = "default"
"""Forgets the device that was chosen."""

PresetOption = Annotated[
    str | None, typer.Option("--preset", "-p", help="else the last one; see livevox presets list")
]
InputOption = Annotated[
    str | None,
    typer.Option(
        "--input", "-i", help="mic, line-in, default, part of a device's name, file or folder"
    ),
]
OutputOption = Annotated[
    str | None, typer.Option("--output", "-o", help="default, or part of a device's name")
]
RateOption = Annotated[int | None, typer.Option("--sample-rate", metavar="HZ")]
BlockOption = Annotated[int | None, typer.Option("--block-size", metavar="SAMPLES")]
ApiOption = Annotated[
    str | None, typer.Option("--midi-api", help="the MIDI system, else the first that works")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the `livevox` command."""
    app.command("live")(live)
    app.command("devices")(list_devices)
    app.command("midi")(midi)
    app.command("latency")(latency)


def live(
    preset: PresetOption = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="else the preset's; name or file")
    ] = None,
    input: InputOption = None,
    output: OutputOption = None,
    sample_rate: RateOption = None,
    block_size: BlockOption = None,
    input_channels: Annotated[
        str | None, typer.Option(metavar="1,2", help="which of the device's, from 1")
    ] = None,
    output_channels: Annotated[
        str | None, typer.Option(metavar="1,2", help="which of the device's, from 1")
    ] = None,
    stems: Annotated[
        bool, typer.Option("--stems", help="the voice and the music alone on four more channels")
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=VALUE", help="as vocals=-12; may be repeated"),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="record into a new folder in this one")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="end after so much sound")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for scripts, a line a second")] = False,
    midi_in: Annotated[
        list[str] | None, typer.Option(help="part of a MIDI input's name; may be repeated")
    ] = None,
    midi_out: Annotated[
        list[str] | None, typer.Option(help="part of a MIDI output's name; may be repeated")
    ] = None,
    midi_api: ApiOption = None,
) -> None:
    """Play: what comes in is heard with the voice and the music as loud as you like."""
    settings, warning = load_settings()
    chosen = _checked_numbers(sample_rate, block_size)
    recalled = load_preset(preset or settings.preset)
    if duration is not None and not duration > 0:
        raise LivevoxError(f"--duration is {duration:g}: give seconds above 0")
    if midi_api is not None:
        midi_ports(midi_api)
    source = _file(input)
    for kind, device, channels in (
        ("input", None if source else input, _channels("--input-channels", input_channels)),
        ("output", output, _channels("--output-channels", output_channels)),
    ):
        if device is not None:
            # Another device need not have the channels of the one before.
            chosen |= {kind: _device(device), f"{kind}_channels": channels}
        elif channels:
            chosen[f"{kind}_channels"] = channels
    if preset is not None:
        chosen["preset"] = _lasting(preset)
    if midi_in:
        chosen["midi_inputs"] = tuple(midi_in)
    if midi_out:
        chosen["midi_outputs"] = tuple(midi_out)
    if midi_api is not None:
        chosen["midi_api"] = midi_api
    remembered = replace(settings, **chosen)
    config = EngineConfig.remembered(remembered, recalled)
    config = replace(
        config,
        model=model or config.model,
        parameters=recalled.values() | checked(dict(map(assignment, changes or []))),
        file=source,
        stems=stems,
    )
    # What is wrong with a model is said here, before an engine would end with it.
    load_model(config.model)
    console = Console(highlight=False, markup=False, emoji=False)
    shown = console.is_terminal and not console.is_dumb_terminal and not as_json
    with ExitStack() as stack:
        ended = stack.enter_context(_ending())
        session = Session(
            stack.enter_context(Supervisor(config)),
            None if remembered == settings else remembered,
            record,
            None if shown else _tell,
        )
        if warning:
            session.say(warning)
        if shown:
            _play_shown(session, console, ended, duration)
        else:
            _play_told(session, ended, duration, as_json)
        summary = session.end()
    _tell(summary)


def _play_shown(
    session: Session, console: Console, ended: Callable[[], bool], duration: float | None
) -> None:
    with Keys() as keys, Live(console=console, auto_refresh=False) as display:
        while not (ended() or session.quit or session.has_played(duration)):
            session.look()
            display.update(session.screen(), refresh=True)
            for key in keys.poll(LOOK_SECONDS):
                session.press(key)


def _play_told(
    session: Session, ended: Callable[[], bool], duration: float | None, as_json: bool
) -> None:
    due = time.monotonic() + JSON_SECONDS
    try:
        while not (ended() or session.has_played(duration)):
            session.look()
            if as_json and time.monotonic() >= due:
                due += JSON_SECONDS * (1 + (time.monotonic() - due) // JSON_SECONDS)
                _print_json(session.numbers())
            time.sleep(LOOK_SECONDS)
        if as_json:
            _print_json(session.numbers() | {"summary": True})
    except BrokenPipeError:
        # Nobody reads on: an end like any other. Python would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def list_devices(
    as_json: Annotated[bool, typer.Option("--json", help="for scripts")] = False,
) -> None:
    """List the sound devices."""
    found = devices()
    if as_json:
        rows = [
            {
                "name": device.name,
                "host_api": device.hostapi,
                "inputs": device.inputs,
                "outputs": device.outputs,
                "default_rate": device.default_rate,
                "default_for": sorted(device.default_for),
            }
            for device in found
        ]
        _print_json(rows)
        return
    if not found:
        raise LivevoxError("no sound device is there: connect one, or start its sound server")
    table = Table("device", "system", "inputs", "outputs", "Hz", "default for")
    for device in found:
        table.add_row(
            device.name,
            device.hostapi,
            str(device.inputs),
            str(device.outputs),
            str(device.default_rate),
            " and ".join(sorted(device.default_for)),
        )
    _console().print(table)


def midi(
    monitor: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="show what arrives for so long")
    ] = None,
    preset: PresetOption = None,
    midi_api: ApiOption = None,
) -> None:
    """List the MIDI ports, or show what arrives and what a preset makes of it."""
    settings, _ = load_settings()
    api = midi_api or settings.midi_api
    found = midi_ports(api)
    if found.api is None:
        raise LivevoxError(found.reason)
    if monitor is None:
        table = Table("port", "direction", title=f"MIDI by {found.api}")
        for direction, names in (("input", found.inputs), ("output", found.outputs)):
            for name in names:
                table.add_row(name, direction)
        _console().print(table)
        return
    recalled = load_preset(preset or settings.preset)
    ports = MidiPorts(found.inputs, (), api)
    _tell(f"listening on {', '.join(found.inputs) or 'the port livevox'} for {monitor:g} s")
    try:
        _monitor(ports, recalled, monitor)
    finally:
        ports.close()


def _monitor(ports: MidiPorts, preset: Preset, seconds: float) -> None:
    control, values = MidiControl(preset.midi), preset.values()
    deadline = time.monotonic() + seconds
    with _ending() as ended:
        while time.monotonic() < deadline and not ended():
            for message in ports.poll():
                meaning = []
                for action in control.receive(message, values, time.monotonic()):
                    if isinstance(action, Move):
                        values[action.target] = action.value
                        unit = PARAMETERS[action.target].unit
                        meaning.append(f"{action.target} {action.value:g} {unit}".rstrip())
                    elif isinstance(action, Recall):
                        meaning.append(f"preset {action.preset}")
                shown = " ".join(f"{byte:02x}" for byte in message)
                print(f"{shown:<12}{', '.join(meaning)}".rstrip(), flush=True)
            time.sleep(0.01)


def latency(
    input: InputOption = None,
    output: OutputOption = None,
    sample_rate: RateOption = None,
    block_size: BlockOption = None,
) -> None:
    """Measure how long sound takes through the devices: connect an output to an input first."""
    from livevox.device.round_trip import budgets, measure

    settings, _ = load_settings()
    chosen = replace(settings, **_checked_numbers(sample_rate, block_size))
    input = chosen.input if input is None else _device(input)
    output = chosen.output if output is None else _device(output)
    _tell("noise is played for some seconds: turn loudspeakers down")
    trip = measure(input, output, chosen.sample_rate, chosen.block_size)

    def ms(seconds: float) -> str:
        return f"{1000 * seconds:.1f}"

    level = round(trip.level, 1) + 0.0  # never -0.0
    measured, reported = trip.samples / trip.rate, sum(trip.reported)
    console = _console()
    console.print(
        f"{trip.output} to {trip.input}, {trip.rate} Hz, blocks of {trip.block}\n"
        f"round trip: {trip.samples} samples, {ms(measured)} ms, at {level} dB; "
        f"the devices say {ms(reported)} ms, {ms(measured - reported)} ms less"
    )
    names = ("model", "resampling", "network", "buffers", "devices, measured", "total")
    table = Table(*names, caption="ms from a sound at the input to the output")
    for row in budgets(trip):
        parts = (row.resampling, row.network, row.buffers, row.devices, row.total)
        table.add_row(row.model, *map(ms, parts))
    console.print(table)


# What the options mean


def _file(input: str | None) -> str | None:
    """The file or folder that is meant, if one is."""
    if input is None or input.casefold() in (*INPUT_WORDS, DEFAULT):
        return None
    if Path(input).exists():
        return str(Path(input).resolve())
    if Path(input).suffix.lower() in MUSIC_SUFFIXES or input.endswith(os.sep):
        raise LivevoxError(f"{input} does not exist: check the name")
    return None


def _device(name: str) -> str | None:
    return None if name.casefold() == DEFAULT else name


def _lasting(preset: str) -> str:
    """A preset's name, or the path of its file from wherever it will be used."""
    return str(Path(preset).resolve()) if preset.endswith(".toml") else preset


def _checked_numbers(sample_rate: int | None, block_size: int | None) -> dict[str, Any]:
    """The numbers that were given, by their settings."""
    given = {"sample_rate": sample_rate, "block_size": block_size}
    chosen = {name: value for name, value in given.items() if value is not None}
    for name, value in chosen.items():
        if value < 1:
            option = name.replace("_", "-")
            raise LivevoxError(f"--{option} is {value}: give a whole number above 0")
    return chosen


def _channels(option: str, text: str | None) -> tuple[int, ...] | None:
    """Channels, from 1, of "1,2"."""
    if text is None:
        return None
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or min(found) < 1 or len(set(found)) < len(found):
        raise LivevoxError(f"{option} has '{text}': give channels from 1 up, as 1,2")
    return found


@contextmanager
def _ending() -> Iterator[Callable[[], bool]]:
    """Whether the system has asked for an end; asked a second time it ends as usual."""
    asked: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(number: int, _: object) -> None:
        asked.append(number)
        for number, handler in before.items():
            signal.signal(number, handler)

    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_json(value: object) -> None:
    print(json.dumps(value), flush=True)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _tell(line: str) -> None:
    """To the person who started this, whatever becomes of standard output."""
    with suppress(OSError):
        print(f"livevox: {line}", file=sys.stderr, flush=True)
