"""What is written is whole on disk, or not there at all; and nobody else's work is lost by it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.media.ffmpeg_sink import USUAL_LAYOUTS
from livevox.media.files import atomic_path, open_audio
from livevox.media.writing import SUFFIXES, writing
from tests.audio_files import KINDS, encode, needs_ffmpeg, sound
from tests.commands import assert_refused, livevox

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from livevox.errors import LivevoxError
from livevox.media.writing import writing
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
audio = np.random.default_rng(0).normal(0, 0.1, (2, 50_000)).astype(np.float32)
try:
    with writing(path, 44_100, 2, 50_000) as sink:
        for start in range(0, 50_000, 5_000):
            sink.write(audio[:, start : start + 5_000])
except LivevoxError as error:
    print(error)
"""
"""A limit to the size of files stands for a full disk: the write that goes beyond it fails."""


FULL_FOR_COMMAND = """
import resource, signal
from livevox.cli.app import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
main()
"""


def write_until_full(path: Path, limit: int) -> str:
    command = [sys.executable, "-c", FULL_DISK, str(path), str(limit)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not result.stderr, "a library prints the error on its own"
    return result.stdout


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_disk_that_is_full_at_the_last_byte_is_reported(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    assert write_until_full(path, 0) == ""
    whole = path.read_bytes()
    with open_audio(path) as source:
        assert source.samples == 50_000
    for limit in (len(whole) - 1, len(whole) - 3000, len(whole) // 2, 100):
        said = write_until_full(path, limit)
        assert str(path) in said
        assert "full" in said
        assert path.read_bytes() == whole
        assert list(tmp_path.iterdir()) == [path]


@needs_ffmpeg
@pytest.mark.parametrize(
    ("suffix", "channels"),
    [*product(("wav", "flac", "ogg"), range(1, 9)), *product(["m4a"], range(1, 7))],
)
def test_channels_keep_their_places_on_the_way_out(
    suffix: str, channels: int, tmp_path: Path
) -> None:
    layout = USUAL_LAYOUTS[channels]
    seconds = np.arange(48_000) / 48_000
    # The low-frequency channel takes nothing above 120 Hz.
    fed = np.stack([0.3 * np.sin(2 * np.pi * (40 + 10 * c) * seconds) for c in range(channels)])
    path = tmp_path / f"out.{suffix}"
    with writing(path, 48_000, channels, 48_000, layout) as sink:
        sink.write(fed.astype(np.float32))
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=channel_layout", "-of", "csv=p=0"]
    printed = subprocess.run([*probe, str(path)], check=True, capture_output=True, text=True).stdout
    assert printed.strip() in (layout, layout if channels > 2 else "unknown")
    # FFmpeg's order is that of WAV files.
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    out: Audio = np.frombuffer(data, np.float32).reshape(-1, channels).T
    out = out[:, :48_000]
    heard = np.abs(np.fft.rfft(out * np.hanning(out.shape[1]))).argmax(axis=1)
    np.testing.assert_allclose(heard, 40 + 10 * np.arange(channels), atol=1)


@needs_ffmpeg
def test_stems_of_surround_sound_are_surround_sound(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == "music.opus"]
    encode(kind, sound(6, 1.0), tmp_path, "5.1")
    result = livevox("separate", "music.opus", "-m", model_files["live"], cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    with open_audio(tmp_path / "separated" / "music" / "vocals.wav") as source:
        assert source.layout == "5.1"


@needs_ffmpeg
def test_damaged_files_are_taken_only_if_asked_for(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == "vbr.mp3"]
    path = encode(kind, sound(), tmp_path)
    path.write_bytes(path.read_bytes()[:20_000])
    model = ["-m", model_files["live"]]
    for command in ("separate", "activity"):
        result = livevox(command, "vbr.mp3", *model, cwd=tmp_path)
        assert_refused(result, "vbr.mp3 is damaged", "of 3.02 s are there", "--lenient")
    assert not (tmp_path / "separated" / "vbr" / "vocals.wav").exists()
    with open_audio(path) as source:
        there = sum(block.shape[1] for block in source.blocks(1000, lenient=True))
    result = livevox("separate", "vbr.mp3", *model, "--lenient", cwd=tmp_path)
    assert result.returncode == 0
    assert "vbr.mp3: damaged, " in result.stderr
    assert f"{there / 48_000:.2f} s were read" in result.stderr
    assert soundfile.info(tmp_path / "separated" / "vbr" / "vocals.wav").frames == there
    result = livevox("activity", "vbr.mp3", *model, "--lenient", "--format", "json", cwd=tmp_path)
    assert result.returncode == 0
    assert f'"duration_s": {round(there / 48_000, 3)}' in result.stdout


def test_names_and_terminals_of_any_encoding_are_no_obstacle(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    names = [b"caf\xe9.wav".decode("utf-8", "surrogateescape"), "\N{SNOWMAN} song.wav"]
    for name in names:
        with (tmp_path / name).open("wb") as file:
            soundfile.write(file, sound(2, 0.2).T, 48_000, "FLOAT", format="WAV")
    command = [sys.executable, "-m", "livevox.cli", "separate", *names]
    command += ["-m", str(model_files["live"])]
    for encoding in ("latin-1", "ascii", "utf-8"):
        result = subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": encoding, "HOME": str(tmp_path)},
        )
        assert result.returncode == 0, result.stderr
        for name in names:
            assert (tmp_path / "separated" / Path(name).stem / "vocals.wav").exists()
        shutil.rmtree(tmp_path / "separated")


def test_unreadable_files_are_one_line_and_the_others_continue(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    soundfile.write(tmp_path / "good.wav", sound(2, 0.2).T, 48_000, "FLOAT")
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    long = "x" * 300 + ".wav"
    for bad in ("file/song.wav", "loop.wav", long):
        result = livevox("separate", bad, "good.wav", "-m", model_files["live"], cwd=tmp_path)
        assert_refused(result, bad)
        assert (tmp_path / "separated" / "good" / "vocals.wav").exists()
        shutil.rmtree(tmp_path / "separated")
    result = livevox(
        "activity", "good.wav", "-m", model_files["live"], "-o", "file/labels.txt", cwd=tmp_path
    )
    assert_refused(result, "file/labels.txt can't be written")


@pytest.mark.parametrize("option", ["-o", "--curve", "--plot"])
def test_a_full_disk_is_told_of_the_file_of_labels(
    option: str, tmp_path: Path, model_files: dict[str, Path]
) -> None:
    soundfile.write(tmp_path / "song.wav", sound(2, 3.0).T, 48_000, "FLOAT")
    name = "result.png" if option == "--plot" else "result.csv"
    (tmp_path / name).write_text("good")
    command = ["activity", "song.wav", "-m", str(model_files["live"]), option, name]
    result = subprocess.run(
        [sys.executable, "-c", FULL_FOR_COMMAND, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert_refused(result, f"{name} can't be written (File too large): is the disk full?")
    assert (tmp_path / name).read_text() == "good"
    assert {path.name for path in tmp_path.iterdir()} == {"song.wav", name}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_ended_run_leaves_nothing_half_done(
    number: signal.Signals, tmp_path: Path, model_files: dict[str, Path]
) -> None:
    soundfile.write(tmp_path / "long.wav", np.tile(sound(2, 3.0), 200).T, 48_000, "PCM_16")
    command = [sys.executable, "-m", "livevox.cli", "separate", "long.wav"]
    process = subprocess.Popen(
        [*command, "-m", str(model_files["paper"])],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        # Ctrl+C is for programs in the foreground: a suite in the background passes on that it is
        # ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    folder = tmp_path / "separated" / "long"
    deadline = time.monotonic() + 60
    while not (folder.exists() and any(folder.iterdir())):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(30) != 0
    assert list(tmp_path.iterdir()) == [tmp_path / "long.wav"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_files_that_end_in_any_order_leave_no_folder(
    tmp_path: Path, order: tuple[int, int]
) -> None:
    """As when a signal comes while the second is being opened."""
    files = [atomic_path(tmp_path / "separated" / "song" / name) for name in ("a.wav", "b.wav")]
    for file in files:
        file.__enter__()
    for number in order:
        assert not files[number].__exit__(SystemExit, SystemExit(143), None)
    assert list(tmp_path.iterdir()) == []


def test_a_signal_as_soon_as_the_file_is_there_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch = Path.touch

    def interrupted(path: Path, *arguments: Any, **named: Any) -> None:
        touch(path, *arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "touch", interrupted)
    with pytest.raises(KeyboardInterrupt), atomic_path(tmp_path / "song.wav"):
        pass
    assert list(tmp_path.iterdir()) == []


MEMORY = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A process between: one that this large one starts would count as large before it has begun."""


@needs_ffmpeg
@pytest.mark.slow
def test_an_hour_of_mp3_is_separated_in_half_a_gigabyte(
    tmp_path: Path, model_files: dict[str, Path]
) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == "vbr.mp3"]
    minute = encode(kind, sound(2, 60.0), tmp_path).read_bytes()
    (tmp_path / "hour.mp3").write_bytes(minute * 60)
    command = [sys.executable, "-c", MEMORY, sys.executable, "-m", "livevox.cli"]
    command += ["separate", "hour.mp3", "-m", str(model_files["live"])]
    result = subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.PIPE, text=True)
    assert soundfile.info(tmp_path / "separated" / "hour" / "vocals.wav").duration >= 3600
    assert int(result.stdout) < 500_000
