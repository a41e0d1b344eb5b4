"""The commands `livevox devices`, `midi` and `latency`, which examine the hardware."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table

from livevox.cli.options import (
    ApiOption,
    BlockOption,
    InputOption,
    OutputOption,
    PresetOption,
    RateOption,
    checked_numbers,
    device_of,
)
from livevox.cli.output import console_of_results, ending, print_json, say
from livevox.config.preset import Preset, load_preset
from livevox.config.round_trips import Pair, keep_round_trip
from livevox.config.settings import load_settings
from livevox.device.devices import devices
from livevox.errors import LivevoxError
from livevox.midi.control import MidiControl, Move, Recall
from livevox.midi.decoder import Decoder
from livevox.midi.ports import MidiPorts, midi_ports
from livevox.midi.words import event_words
from livevox.parameters import PARAMETERS


def list_devices(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """List the sound devices."""
    found = devices()
    if as_json:
        rows = [
            {
                "name": device.own_name,
                "host_api": device.hostapi,
                "inputs": device.inputs,
                "outputs": device.outputs,
                "default_rate": device.default_rate,
                "default_for": sorted(device.default_for),
            }
            for device in found
        ]
        print_json(rows)
        return
    if not found:
        raise LivevoxError("there is no sound device: connect one, or start its sound server")
    table = Table("device", "system", "inputs", "outputs", "Hz", "default for")
    for device in found:
        table.add_row(
            device.own_name,
            device.hostapi,
            str(device.inputs),
            str(device.outputs),
            str(device.default_rate),
            " and ".join(sorted(device.default_for)),
        )
    console_of_results().print(table)


def midi(
    monitor: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="show messages for so long")
    ] = None,
    preset: PresetOption = None,
    midi_api: ApiOption = None,
) -> None:
    """List the MIDI ports, or show incoming messages and what a preset does with them."""
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
        console_of_results().print(table)
        return
    recalled = load_preset(preset or settings.preset)
    ports = MidiPorts(found.inputs, (), api)
    say(f"listening on {', '.join(found.inputs) or 'the port livevox'} for {monitor:g} s")
    try:
        _monitor(ports, recalled, monitor, settings.programs_from)
    finally:
        ports.close()


def _monitor(ports: MidiPorts, preset: Preset, seconds: float, programs_from: int) -> None:
    control, values, decoder = MidiControl(preset.midi), preset.values(), Decoder()
    deadline = time.monotonic() + seconds
    with ending() as ended:
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
                words = event_words(decoder.events(message) or [], programs_from)
                arrow = f" -> {', '.join(meaning)}" if meaning else ""
                print(f"{shown:<10}{words}{arrow}".rstrip(), flush=True)
            time.sleep(0.01)


def latency(
    input: InputOption = None,
    output: OutputOption = None,
    sample_rate: RateOption = None,
    block_size: BlockOption = None,
) -> None:
    """Measure the latency of the devices. Connect an output to an input first."""
    from livevox.device.round_trip import budgets, measure

    settings, _ = load_settings()
    chosen = replace(settings, **checked_numbers(sample_rate, block_size))
    input = chosen.input if input is None else device_of(input)
    output = chosen.output if output is None else device_of(output)
    say("playing noise for some seconds: turn loudspeakers down")
    trip = measure(input, output, chosen.sample_rate, chosen.block_size)

    pair = Pair(trip.input, trip.output, trip.rate, trip.block)
    try:
        keep_round_trip(pair, trip.samples)
    except LivevoxError as error:
        say(str(error))

    def ms(seconds: float) -> str:
        return f"{1000 * seconds:.1f}"

    level = round(trip.level, 1) + 0.0  # never -0.0
    measured, reported = trip.samples / trip.rate, _sum(trip.reported)
    console = console_of_results()
    console.print(
        f"{trip.output} to {trip.input}, {trip.rate} Hz, blocks of {trip.block}\n"
        f"round trip: {trip.samples} samples, {ms(measured)} ms, at {level} dB; "
        + (
            "the devices report none"
            if reported is None
            else f"the devices report {ms(reported)} ms, {ms(measured - reported)} ms less"
        )
    )
    names = ("model", "resampling", "network", "buffers", "devices, measured", "total")
    table = Table(*names, caption="latency from input to output, ms")
    for row in budgets(trip):
        parts = (row.resampling, row.network, row.buffers, row.devices, row.total)
        table.add_row(row.model, *map(ms, parts))
    console.print(table)


def _sum(seconds: tuple[float | None, ...]) -> float | None:
    """Their sum; None if one of them is None."""
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None
