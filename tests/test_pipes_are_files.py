"""Standard input and output take the place of a file, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from livevox.cli.events import from_line
from livevox.media.files import open_audio
from tests.audio_files import KINDS, encode, needs_ffmpeg, sound
from tests.commands import livevox


def piped(data: bytes, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "livevox.cli", *map(str, arguments)],
        cwd=cwd,
        input=data,
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "TMPDIR": str(cwd / "tmp")},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    return tmp_path


def left(folder: Path) -> list[Path]:
    """What is left where temporary files go."""
    return list((folder / "tmp").iterdir())


@needs_ffmpeg
@pytest.mark.parametrize("name", ["float.wav", "vbr.mp3", "aac.m4a", "music.opus"])
def test_what_is_piped_through_is_what_a_file_gives(
    name: str, folder: Path, model_files: dict[str, Path]
) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == name]
    path = encode(kind, sound(2, 1.0), folder)
    options = ["--stems", "vocals", "-m", model_files["live"], "--format", "flac"]
    assert livevox("separate", path, *options, "-o", "out", cwd=folder).returncode == 0
    result = piped(path.read_bytes(), "separate", "-", *options, "-o", "-", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert result.stdout == (folder / "out" / path.stem / "vocals.flac").read_bytes()
    assert left(folder) == []
    result = piped(path.read_bytes(), "separate", "-", *options, cwd=folder)
    assert result.returncode == 0, result.stderr
    with open_audio(folder / "separated" / "stdin" / "vocals.flac") as source:
        assert source.samples == pytest.approx(48_000, abs=1200)
    result = piped(path.read_bytes(), "separate", "-", *options, "--json", cwd=folder)
    assert {from_line(line).file for line in result.stdout.decode().splitlines()} == {"-"}
    result = piped(path.read_bytes(), "activity", "-", "-m", model_files["live"], cwd=folder)
    assert result.stdout.decode() == (
        livevox("activity", path, "-m", model_files["live"], cwd=folder).stdout
    )


def test_what_can_not_go_through_a_pipe_is_one_line(
    folder: Path, model_files: dict[str, Path]
) -> None:
    (folder / "song.wav").write_bytes(b"")
    one = ["--stems", "vocals"]
    cases = [
        (["-"], "livevox: - is empty (0 bytes)"),
        (["song.wav", "-o", "-"], "one stem of one file: choose it with --stems"),
        (["song.wav", "-", "-o", "-", *one], "one stem of one file"),
        (["song.wav", "-o", "-", "--json", *one], "leave out one"),
        (["-", "--scheduler", "tcp://127.0.0.1:9"], "- is a pipe of this machine"),
        (["song.wav", "-o", "-", "--scheduler", "tcp://127.0.0.1:9"], "- is a pipe of"),
        (["song.wav", "-o", "-", *one], "song.wav is empty"),
    ]
    for arguments, said in cases:
        command = ["separate", *arguments, "-m", model_files["live"]]
        result = piped(b"", *command, cwd=folder)
        assert result.returncode == 1
        lines = result.stderr.decode().splitlines()
        (line,) = [line for line in lines if line.startswith("livevox: ")]
        assert said in line
        assert "Traceback" not in result.stderr.decode()
        if "--json" not in arguments:
            assert result.stdout == b""
        assert left(folder) == []


def test_a_closed_pipe_is_one_line(folder: Path, model_files: dict[str, Path]) -> None:
    soundfile.write(folder / "song.wav", sound(2, 3.0).T, 48_000, "FLOAT")
    command = ["separate", "song.wav", "-o", "-", "--stems", "vocals", "-m", model_files["live"]]
    with subprocess.Popen(
        [sys.executable, "-m", "livevox.cli", *map(str, command)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        stderr = process.stderr.read().decode()
    assert process.returncode == 1
    assert "livevox: standard output was closed" in stderr
    assert "Traceback" not in stderr
