"""Random MIDI, OSC and blocks of sound: what makes sense is done, everything else has no effect."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import strategies as st
from pythonosc.osc_message_builder import build_msg

from livevox.config.shipped import MIDI_MAP
from livevox.dsp.stft import Audio
from livevox.errors import one_line
from livevox.midi.binding import Binding, Control
from livevox.midi.control import Learned, MidiControl, Move, Recall
from livevox.midi.encoder import Coding
from livevox.network.model import Model
from livevox.osc.control import PREFIX, OscControl
from livevox.osc.port import Address, OscPort
from livevox.parameters import PARAMETERS, defaults
from livevox.separator import StreamingSeparator, joined
from tests.fuzz import damaged, examples, fuzz
from tests.live import free_port

TARGETS = st.sampled_from([*PARAMETERS, "preset:karaoke"])


@st.composite
def bindings(draw: st.DrawFn) -> Binding | None:
    """A binding that the drawn values allow, if any."""
    control = draw(st.sampled_from(get_args(Control)))
    with suppress(ValueError):
        return Binding(
            control,
            draw(st.integers(0, 127)),
            draw(TARGETS),
            coding=draw(st.sampled_from(get_args(Coding))) if control == "encoder" else None,
        )
    return None


BYTES = st.integers(0, 255)
MESSAGES = st.lists(
    st.lists(BYTES, max_size=4)
    | st.tuples(st.sampled_from([0xB0, 0xB1, 0x90, 0x80, 0xC0, 0xE0]), BYTES, BYTES).map(list)
    | st.tuples(st.just(0xB0), st.sampled_from([6, 38, 98, 99, 100, 101]), BYTES).map(list)
    | st.lists(st.integers(-(2**40), 2**40), max_size=3),
    max_size=30,
)


@examples(60)
def test_midi_moves_parameters_within_their_ranges_or_nothing(examples: int) -> None:
    def check(bound: list[Binding | None], batches: list[list[list[int]]], learn: str) -> None:
        control = MidiControl([*MIDI_MAP, *(binding for binding in bound if binding)])
        values, now = defaults(), 0.0
        for number, batch in enumerate(batches):
            if number == 1:
                control.learn(learn)
            now += 0.7
            for action in control.receive_all(batch, values, now):
                match action:
                    case Move(target, value):
                        assert PARAMETERS[target].minimum <= value <= PARAMETERS[target].maximum
                        values[target] = value
                    case Recall(preset):
                        assert preset
                    case Learned(binding):
                        assert binding in control.bindings
            for message in control.feedback(values, now):
                assert message[0] >= 0x80
                assert all(0 <= byte < 128 for byte in message[1:])

    fuzz(
        check,
        examples,
        st.lists(bindings(), max_size=6),
        st.lists(MESSAGES, max_size=4),
        TARGETS,
    )


def _bundle(contents: Sequence[bytes]) -> bytes:
    return b"#bundle\x00" + bytes(8) + b"".join(len(c).to_bytes(4, "big") + c for c in contents)


MESSAGE = build_msg(f"{PREFIX}vocals", [-6.0]).dgram
OSC = [
    MESSAGE,
    build_msg(f"{PREFIX}bypass", [True]).dgram,
    build_msg(f"{PREFIX}preset", ["karaoke"]).dgram,
    build_msg(f"{PREFIX}vocals", [1, "two", 0.5, b"four", [5, [6.0]], None]).dgram,
    _bundle([MESSAGE, _bundle([MESSAGE, MESSAGE])]),
]
TEXTS = st.sampled_from([*PARAMETERS, "preset", "refresh", "position", "\x1b[2J", ""]) | st.text(
    max_size=4
)
DATAGRAMS = (
    damaged(OSC)
    | st.binary(max_size=64)
    | st.builds(
        lambda names, values: build_msg(PREFIX + "/".join(names), values).dgram,
        st.lists(TEXTS.map(lambda text: text.replace("\0", "")), max_size=3),
        st.lists(
            st.floats(width=32) | st.integers(-(2**31), 2**31 - 1) | st.booleans(), max_size=3
        ),
    )
)


@examples(60)
def test_osc_moves_parameters_within_their_ranges_or_nothing(examples: int) -> None:
    address = Address("127.0.0.1", free_port())
    with (
        closing(OscPort(address, ())) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote,
    ):
        remote.connect((address.host, address.port))

        def check(datagrams: list[bytes]) -> None:
            for datagram in datagrams:
                remote.send(datagram)
            remote.send(MESSAGE)
            control = OscControl()
            moved = None
            for action in control.receive(port.poll(), 0.0):
                match action:
                    case Move(target, value):
                        moved = action
                        assert PARAMETERS[target].minimum <= value <= PARAMETERS[target].maximum
                    case Recall(preset):
                        assert isinstance(preset, str)
            assert moved == Move("vocals", -6.0)
            assert control.problem == one_line(control.problem)

        fuzz(check, examples, st.lists(DATAGRAMS, max_size=8))


@pytest.mark.parametrize("live", [True, False])
@examples(12)
def test_any_partition_of_the_input_gives_the_same_output(
    models: dict[str, Model], song: Audio, live: bool, examples: int
) -> None:
    audio = song[:, 2 * 44_100 : 2 * 44_100 + 6_000].copy()
    audio[1, 2_000:2_010] = np.nan
    audio[0, 4_000] = np.inf
    whole = StreamingSeparator(models["live"], live=live)
    expected = joined([whole.feed(audio), whole.flush()])
    stream = StreamingSeparator(models["live"], live=live)
    counted = whole.non_finite

    def check(cuts: list[int]) -> None:
        edges = [0, *sorted(cuts), audio.shape[1]]
        before = stream.non_finite
        parts = []
        for start, stop in pairwise(edges):
            part = stream.feed(audio[:, start:stop])
            assert part.vocals.shape == part.accompaniment.shape == (2, stop - start)
            parts.append(part)
        parts.append(stream.flush())
        got = joined(parts)
        assert stream.non_finite - before == counted == 11
        for name in ("vocals", "accompaniment", "activity", "mask", "spectrogram"):
            one, other = getattr(got, name), getattr(expected, name)
            assert one.shape == other.shape
            np.testing.assert_allclose(one, other, atol=1e-5, err_msg=name)

    fuzz(check, examples, st.lists(st.integers(0, audio.shape[1]), max_size=40))
