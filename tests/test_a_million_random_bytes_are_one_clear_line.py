"""A million random bytes as every kind of input: refused in one clear line, or without effect."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from livevox.config.preset import load_preset
from livevox.config.settings import Settings, load_settings, settings_file
from livevox.config.shipped import MIDI_MAP
from livevox.media.files import open_audio
from livevox.media.lrc import read_lrc
from livevox.media.overview import overview
from livevox.media.playlist import check_playable
from livevox.media.queue import queue_of
from livevox.media.tags import NO_TAGS, read_tags
from livevox.media.ultrastar import read_ultrastar
from livevox.midi.control import MidiControl
from livevox.network.file_check import check_file
from livevox.network.model import load_model
from livevox.osc.control import PREFIX, OscControl
from livevox.osc.port import Address, OscPort
from livevox.parameters import PARAMETERS, defaults
from tests.commands import assert_refused, livevox
from tests.fuzz import ends, refusal
from tests.live import free_port

MILLION = 1_000_000
DATAGRAM = 1472
"""Bytes of the largest datagram of an Ethernet."""
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))]


def random_bytes(seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(MILLION)


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "audio": (".wav", lambda path: open_audio(path).__enter__()),
    "a video": (".mp4", lambda path: open_audio(path, track=0).__enter__()),
    "an overview": (".mp3", lambda path: overview(path, 10)),
    "music to play": (".ogg", lambda path: check_playable([path])),
    "a preset": (".toml", load_preset),
    "a model": (".onnx", load_model),
    "LRC": (".lrc", read_lrc),
    "UltraStar": (".txt", read_ultrastar),
    "a playlist": (".m3u", queue_of),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", READERS)
def test_as_a_file(tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, seed: int) -> None:
    suffix, read = READERS[kind]
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(random_bytes(seed))
    with ends():
        said = refusal(lambda: read(path))
    assert said is not None
    assert path.name in said
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_head_of_a_model(tmp_path: Path, seed: int) -> None:
    """Lengths and shapes of any size, at the places where the reader looks for them."""
    noise = random_bytes(seed)
    for head in (b"\x3a\xff\xff\xff\x7f", b"\x3a\x80\x80\x3d\x2a\x80\x80\x3c", b"\xff" * 9):
        with ends(), pytest.raises(ValueError, match="ONNX"):
            check_file(head + noise)


def test_as_settings(own_config: Path) -> None:
    own_config.mkdir()
    settings_file().write_bytes(random_bytes(0))
    with ends():
        found, warning = load_settings()
    assert found == Settings()
    assert warning is not None
    assert "no UTF-8 text: save it as UTF-8; the defaults are used" in warning


def test_as_tags(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp3"
    path.write_bytes(random_bytes(0))
    assert read_tags(path) == NO_TAGS


@pytest.mark.parametrize("seed", SEEDS)
def test_as_midi(seed: int) -> None:
    noise = np.frombuffer(random_bytes(seed), np.uint8)
    messages = noise[: MILLION // 3 * 3].reshape(-1, 3)[:: 1 if seed else 16].tolist()
    control = MidiControl(MIDI_MAP)
    values = defaults()
    for start in range(0, len(messages), 2000):
        for action in control.receive_all(messages[start : start + 2000], values, 0.01 * start):
            target, value = getattr(action, "target", None), getattr(action, "value", 0.0)
            if target is not None:
                assert PARAMETERS[target].minimum <= value <= PARAMETERS[target].maximum
    assert control.ignored > len(messages) / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_as_osc(seed: int) -> None:
    noise = random_bytes(seed)
    address = Address("127.0.0.1", free_port())
    with (
        closing(OscPort(address, ())) as port,
        closing(OscPort(None, [address])) as friend,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote,
    ):
        for head in (b"", b"#bundle\0", f"{PREFIX}vocals\0,".encode()):
            for at in range(0, MILLION, DATAGRAM):
                remote.sendto(head + noise[at : at + DATAGRAM], (address.host, address.port))
                if at % (64 * DATAGRAM) == 0:
                    OscControl().receive(port.poll(), 0.0)
        while port.poll():
            pass
        friend.send(f"{PREFIX}vocals", -6.0)
        assert [message.values for message in port.poll()] == [(-6.0,)]


@pytest.mark.slow
def test_on_the_command_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Every option that takes a file."""
    for name in ("noise.wav", "noise.onnx", "noise.toml", "noise.m3u"):
        (tmp_path / name).write_bytes(random_bytes(0))
    for arguments in (
        ["separate", "noise.wav"],
        ["separate", "noise.wav", "--lenient"],
        ["separate", "noise.m3u"],
        ["separate", "noise.wav", "-m", "noise.onnx"],
        ["activity", "noise.wav"],
        ["activity", "noise.wav", "-m", "noise.onnx"],
        ["live", "--model", "noise.onnx"],
        ["live", "--preset", "noise.toml"],
        ["live", "--input", "noise.wav"],
        ["live", "--input", "noise.m3u"],
        ["presets", "show", "noise.toml"],
    ):
        with ends():
            assert_refused(livevox(*arguments, cwd=tmp_path), "noise")
    assert not (tmp_path / "separated").exists()
