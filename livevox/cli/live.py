"""The command `livevox live`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from livevox.cli.batch import ProviderOption
from livevox.cli.keys import Keys
from livevox.cli.options import (
    ApiOption,
    BlockOption,
    InputsOption,
    OutputOption,
    PresetOption,
    RateOption,
    absolute_preset,
    channels_of,
    checked_numbers,
    device_of,
    source_of,
)
from livevox.cli.output import ending, print_json, say
from livevox.cli.presets import assignment
from livevox.cli.session import Session
from livevox.config.preset import load_preset
from livevox.config.settings import load_settings, settings_file
from livevox.errors import LivevoxError
from livevox.live.engine_config import EngineConfig
from livevox.live.supervisor import Supervisor
from livevox.media.playlist import check_playable
from livevox.midi.ports import midi_ports
from livevox.network.model import load_model
from livevox.osc.port import Address
from livevox.parameters import checked

LOOK_SECONDS = 0.1
OFF = "off"
"""The value of an option that removes a remembered microphone or OSC address."""
JSON_SECONDS = 1.0


def live(
    preset: PresetOption = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="name or file, else the preset's")
    ] = None,
    provider: ProviderOption = "auto",
    input: InputsOption = None,
    output: OutputOption = None,
    system: Annotated[
        bool, typer.Option("--system", help="what the computer plays, from all programs")
    ] = False,
    sample_rate: RateOption = None,
    block_size: BlockOption = None,
    input_channels: Annotated[
        str | None, typer.Option(metavar="1,2", help="channels of the device, from 1")
    ] = None,
    output_channels: Annotated[
        str | None, typer.Option(metavar="1,2", help="channels of the device, from 1")
    ] = None,
    stems: Annotated[
        bool, typer.Option("--stems", help="add voice and music on four further channels")
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PARAMETER=VALUE", help="like vocals=-12; may be repeated"),
    ] = None,
    mic: Annotated[
        str | None,
        typer.Option(metavar="CHANNEL", help="sing into that input channel; off turns it off"),
    ] = None,
    mic_input: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="the microphone's device, else that of the input"),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="record into a new folder within this one")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="stop after so much sound")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, a line a second")] = False,
    midi_in: Annotated[
        list[str] | None, typer.Option(help="part of a MIDI input's name; may be repeated")
    ] = None,
    midi_out: Annotated[
        list[str] | None, typer.Option(help="part of a MIDI output's name; may be repeated")
    ] = None,
    midi_api: ApiOption = None,
    osc: Annotated[
        str | None,
        typer.Option(
            metavar="[HOST:]PORT",
            help="listen for OSC, without a host on this computer only; off turns it off",
        ),
    ] = None,
    osc_to: Annotated[
        list[str] | None,
        typer.Option(metavar="[HOST:]PORT", help="send OSC there; may be repeated"),
    ] = None,
) -> None:
    """Separate live sound, and play voice and music as loud as you like."""
    first = not settings_file().exists()
    settings, warning = load_settings()
    chosen = checked_numbers(sample_rate, block_size)
    recalled = load_preset(preset or settings.preset)
    if duration is not None and not duration > 0:
        raise LivevoxError(f"--duration is {duration:g}: give seconds above 0")
    if midi_api is not None:
        midi_ports(midi_api)
    if system:
        _refuse_beside_system(
            input=input,
            output=output,
            sample_rate=sample_rate,
            input_channels=input_channels,
            output_channels=output_channels,
            stems=stems,
        )
    source = source_of(input or [], settings)
    for kind, name, channels in (
        ("input", source.device, channels_of("--input-channels", input_channels)),
        ("output", output, channels_of("--output-channels", output_channels)),
    ):
        if name is not None:
            # Another device may not have the channels chosen before.
            chosen |= {kind: device_of(name), f"{kind}_channels": channels}
        elif channels:
            chosen[f"{kind}_channels"] = channels
    if mic is not None:
        chosen["mic"] = None if mic == OFF else channels_of("--mic", mic)
    if mic_input is not None:
        chosen["mic_input"] = device_of(mic_input)
        if chosen.get("mic", settings.mic) is None:
            raise LivevoxError(
                f"--mic-input is '{mic_input}', but the microphone is off: give its channel, "
                "such as --mic 1"
            )
    if preset is not None:
        chosen["preset"] = absolute_preset(preset)
    if midi_in:
        chosen["midi_inputs"] = tuple(midi_in)
    if midi_out:
        chosen["midi_outputs"] = tuple(midi_out)
    if midi_api is not None:
        chosen["midi_api"] = midi_api
    if osc is not None:
        chosen["osc"] = None if osc == OFF else str(Address.parse(osc))
    if osc_to:
        chosen["osc_to"] = () if osc_to == [OFF] else tuple(str(Address.parse(to)) for to in osc_to)
    remembered = replace(settings, **chosen)
    config = EngineConfig.remembered(remembered, recalled)
    config = replace(
        config,
        model=model or config.model,
        provider=provider,
        parameters=recalled.values() | checked(dict(map(assignment, changes or []))),
        files=source.files,
        song=source.song,
        system=system,
        # The one that is remembered was chosen for a sound card.
        block_size=block_size if system else config.block_size,
        stems=stems,
        # The first sound of an input may be feedback.
        guard="rising" if first and (not source.files or config.mic) else "open",
    )
    # Report a faulty model or file here, before an engine starts.
    load_model(config.model, provider, live=True)
    if source.files:
        check_playable(list(map(Path, source.files)))
    console = Console(highlight=False, markup=False, emoji=False)
    shown = console.is_terminal and not console.is_dumb_terminal and not as_json
    with ExitStack() as stack:
        ended = stack.enter_context(ending())
        session = Session(
            stack.enter_context(Supervisor(config)),
            None if system or remembered == settings else remembered,
            record,
            None if shown else say,
        )
        if warning:
            session.say(warning)
        if shown:
            _run_with_display(session, console, ended, duration)
        else:
            _run_without_display(session, ended, duration, as_json)
        summary = session.end()
    say(summary)


def _refuse_beside_system(**options: object) -> None:
    for name, value in options.items():
        if value:
            raise LivevoxError(
                f"--system does not go with --{name.replace('_', '-')}: the computer's sound comes "
                "from its default output and goes there, at its rate"
            )


def _run_with_display(
    session: Session, console: Console, ended: Callable[[], bool], duration: float | None
) -> None:
    with Keys() as keys, Live(console=console, auto_refresh=False) as display:
        while not (ended() or session.actions.quit or session.has_played(duration)):
            session.look()
            display.update(session.screen(), refresh=True)
            for key in keys.poll(LOOK_SECONDS):
                session.actions.press(key)


def _run_without_display(
    session: Session, ended: Callable[[], bool], duration: float | None, as_json: bool
) -> None:
    due = time.monotonic() + JSON_SECONDS
    try:
        while not (ended() or session.has_played(duration)):
            session.look()
            if as_json and time.monotonic() >= due:
                due += JSON_SECONDS * (1 + (time.monotonic() - due) // JSON_SECONDS)
                print_json(session.numbers())
            time.sleep(LOOK_SECONDS)
        if as_json:
            print_json(session.numbers() | {"summary": True})
    except BrokenPipeError:
        # The reader is gone, which is a normal end. Otherwise Python reports the error at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
