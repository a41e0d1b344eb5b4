"""The live commands refuse bad arguments with one line, before anything starts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from livevox.cli.app import main
from livevox.config.settings import settings_file


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("live --preset nonsense", "no preset 'nonsense'"),
        ("live --model nonsense", "no model 'nonsense'"),
        ("live --sample-rate 0", "--sample-rate is 0"),
        ("live --block-size -1", "--block-size is -1"),
        ("live --input-channels 0,1", "--input-channels is '0,1'"),
        ("live --output-channels 1,1", "--output-channels is '1,1'"),
        ("live --output-channels x", "--output-channels is 'x'"),
        ("live --set vocals", "--set is 'vocals'"),
        ("live --set vocals=99", "vocals is 99"),
        ("live --set nonsense=1", "no parameter 'nonsense'"),
        ("live --duration 0", "--duration is 0"),
        ("live --duration nan", "--duration is nan"),
        ("live --system --input mic", "--system does not go with --input"),
        ("live --system --output card", "--system does not go with --output"),
        ("live --system --sample-rate 48000", "--system does not go with --sample-rate"),
        ("live --system --stems", "--system does not go with --stems"),
        ("live --mic-input usb", "--mic-input is 'usb', but the microphone is off"),
        ("live --mic off --mic-input usb", "but the microphone is off: give its channel"),
        ("live --input missing.wav", "missing.wav does not exist"),
        ("live --input mic --input line-in", "names mic and line-in: give one device, or files"),
        ("live --input queue", "no songs are remembered"),
        ("live --input . --input mic", "names files and mic, which is none"),
        ("live --midi-api nonsense", "no MIDI system 'nonsense'"),
        ("midi --midi-api nonsense", "no MIDI system 'nonsense'"),
        ("latency --block-size 0", "--block-size is 0"),
    ],
)
def test_nonsense_is_one_line(
    arguments: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["livevox", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    out, errors = capfd.readouterr()
    assert out == ""
    (line,) = errors.splitlines()
    assert line.startswith("livevox: ")
    assert said in line
    assert not settings_file().exists()


@pytest.mark.parametrize("name", ["broken.png", "broken.wav", "broken.m3u", "folder"])
def test_what_can_not_be_played_is_one_line(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
        path = path / "song.wav"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    asked = path.parent if name == "folder" else path
    monkeypatch.setattr(sys, "argv", ["livevox", "live", "--input", str(asked)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("livevox: ")
    assert name in line
    assert not settings_file().exists()
