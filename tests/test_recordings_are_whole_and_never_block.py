"""Recordings are complete and aligned, whatever happens to the process or the disk."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.activity import LABEL_FORMATS, DetectionRule, curve_csv, singing_intervals
from livevox.dsp.stft import FRAME_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.recorder import BUFFER_SECONDS, STREAMS, Recorder
from livevox.media.wav import WAV_HEADER_BYTES, wav_header

RATE = 8_000
BLOCK = 400


def streams(samples: int, channels: int) -> Audio:
    """Four different streams, (4, channels, samples), nowhere 0."""
    noise = np.random.default_rng(samples).uniform(0.1, 1, (len(STREAMS), channels, samples))
    return noise.astype(np.float32)


def write_blocks(
    recorder: Recorder, audio: Audio, activity: Audio, size: Callable[[], int]
) -> Iterator[tuple[int, int]]:
    """Write all in blocks of ``size()``, with the frames that are due; yields (start, end)."""
    start = sent = 0
    while start < audio.shape[2]:
        end = min(start + size(), audio.shape[2])
        due = round(end / audio.shape[2] * len(activity))
        recorder.write(*audio[:, :, start:end], activity[sent:due])
        yield start, end
        start, sent = end, due


def recorded(folder: Path) -> Audio:
    """The contents of the files, (4, channels, samples)."""
    files = [
        soundfile.read(folder / f"{name}.wav", dtype="float32", always_2d=True)[0].T
        for name in STREAMS
    ]
    return np.stack(files)


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_files_hold_exactly_what_was_written(tmp_path: Path, channels: int) -> None:
    rng = np.random.default_rng(channels)
    audio = streams(3 * RATE + 17, channels)
    activity = np.repeat(rng.random(13), 20).astype(np.float32)
    with closing(Recorder(tmp_path, RATE, channels)) as recorder:
        for _ in write_blocks(recorder, audio, activity, lambda: int(rng.integers(0, 900))):
            pass
    assert (recorder.state, recorder.error, recorder.dropped) == ("closed", None, 0)
    assert recorder.seconds == audio.shape[2] / RATE
    assert recorder.disk_left > 0
    np.testing.assert_array_equal(recorded(recorder.folder), audio)
    assert {file.name for file in recorder.folder.iterdir()} == {
        "activity.csv",
        "activity.lab",
        *(f"{name}.wav" for name in STREAMS),
    }
    assert (recorder.folder / "activity.csv").read_text() == curve_csv(activity)
    intervals = singing_intervals(activity, DetectionRule())
    assert len(intervals) > 1
    lab = LABEL_FORMATS["lab"](intervals, recorder.seconds)
    assert (recorder.folder / "activity.lab").read_text() == lab


def test_activity_keeps_its_place_when_its_first_frame_lies_elsewhere(tmp_path: Path) -> None:
    activity = np.ones(round(FRAME_RATE), np.float32)
    for start in (-0.5, 0.5):
        with closing(Recorder(tmp_path, RATE, 1)) as recorder:
            recorder.activity_start = start
            recorder.write(*streams(2 * RATE, 1), activity)
        first, *_ = (recorder.folder / "activity.csv").read_text().splitlines()[1:]
        assert float(first.split(",")[0]) == start
        lab = (recorder.folder / "activity.lab").read_text().splitlines()
        ((begin, end),) = [line.split()[:2] for line in lab if line.endswith(" sing")]
        assert float(begin) == max(0, start)
        assert float(end) == pytest.approx(start + 1, abs=1 / FRAME_RATE)
        assert lab[-1].split()[1] == "2.000"


def test_blocks_that_the_disk_is_too_slow_for_are_silence_in_all_files(tmp_path: Path) -> None:
    """Write at full speed: samples are lost, which proves that the worker does not wait."""
    flood, calm = round(4 * BUFFER_SECONDS * RATE) // BLOCK, 5
    too_long = round(BUFFER_SECONDS * RATE) // BLOCK + 1
    audio = streams((flood + calm + too_long) * BLOCK, 2)
    blocks = np.split(audio, flood + calm + too_long, axis=2)
    one_frame = np.full(1, 0.75, np.float32)
    with closing(Recorder(tmp_path, RATE, 2)) as recorder:
        for block in blocks[:flood]:
            recorder.write(*block, one_frame)
        dropped = recorder.dropped
        wait_until(lambda: (recorder.folder / "activity.lab").exists())
        for block in blocks[flood : flood + calm]:
            recorder.write(*block, one_frame)
        assert recorder.dropped == dropped > 0
        recorder.write(*audio[:, :, -too_long * BLOCK :], np.repeat(one_frame, too_long))
    assert recorder.state == "closed"
    in_files = recorded(recorder.folder)
    assert in_files.shape == audio.shape
    parts = np.split(in_files, len(blocks), axis=2)
    kept = np.array([np.array_equal(a, b) for a, b in zip(parts, blocks, strict=True)])
    silent = np.array([not part.any() for part in parts])
    np.testing.assert_array_equal(silent, ~kept)
    assert kept[flood : flood + calm].all()
    assert silent[-too_long:].all()
    assert silent.sum() * BLOCK == recorder.dropped
    curve = (recorder.folder / "activity.csv").read_text()
    assert curve == curve_csv(np.where(kept, 0.75, 0).astype(np.float32))


PLAYER = """
import sys, time
from pathlib import Path
import numpy as np
from livevox.media.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]), 8000, 2)
samples, frames = int(sys.argv[2]), int(sys.argv[3])
ramp = np.arange(samples, dtype=np.float32) + 1
started = time.monotonic()
for block in range(10_000):
    audio = np.stack([ramp + samples * block] * 2)
    recorder.write(audio, 2 * audio, 3 * audio, 4 * audio, np.full(frames, 0.5, np.float32))
    done = (block + 1) * samples
    # Asked once: it may fail between two questions.
    state = recorder.state
    print(recorder.folder, done, state, recorder.error, sep="|", flush=True)
    if state == "failed":
        recorder.write(audio, audio, audio, audio, np.zeros(4, np.float32))
        recorder.close()
        break
    time.sleep(max(0, started + (block + 1) * 0.05 - time.monotonic()))
"""


def assert_true_to_the_player(folder: Path, at_least: int) -> None:
    for factor, name in enumerate(STREAMS, 1):
        audio, rate = soundfile.read(folder / f"{name}.wav", dtype="float32")
        assert rate == RATE
        assert len(audio) >= at_least
        ramp = factor * np.arange(1, len(audio) + 1, dtype=np.float32)
        np.testing.assert_array_equal(audio, np.stack([ramp] * 2, axis=1))
    curve = (folder / "activity.csv").read_text()
    assert curve == curve_csv(np.full(curve.count("\n") - 1, 0.5, np.float32))
    assert curve.count("\n") - 1 >= at_least / 100


@pytest.mark.parametrize("seconds", [0.4, 2.1])
def test_a_killed_process_leaves_valid_files(tmp_path: Path, seconds: float) -> None:
    command = [sys.executable, "-c", PLAYER, str(tmp_path), "400", "4"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout is not None
        for line in player.stdout:
            folder, samples, *_ = line.split("|")
            if int(samples) >= seconds * RATE:
                break
        player.kill()
    assert_true_to_the_player(Path(folder), int(samples) - round(1.5 * RATE))


@pytest.mark.parametrize("first", ["audio", "activity"])
def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path, first: str) -> None:
    """A limit on file sizes simulates a full disk: a write fails halfway in the same way."""
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_001, 20_001))"
    samples_and_frames = {"audio": ["400", "4"], "activity": ["1", "40"]}[first]
    result = subprocess.run(
        [sys.executable, "-c", limited + PLAYER, str(tmp_path), *samples_and_frames],
        capture_output=True,
        text=True,
        check=True,
    )
    folder, _, state, error = result.stdout.splitlines()[-1].split("|")
    assert state == "failed"
    assert folder in error
    assert "File too large" in error
    assert_true_to_the_player(Path(folder), 1)
    lengths = {(Path(folder) / f"{name}.wav").stat().st_size for name in STREAMS}
    assert len(lengths) == 1
    assert (Path(folder) / "activity.lab").exists()


def test_a_vanished_folder_ends_the_recording_and_stays_away(tmp_path: Path) -> None:
    with closing(Recorder(tmp_path, RATE, 1)) as recorder:
        recorder.write(*streams(BLOCK, 1), np.ones(4, np.float32))
        shutil.rmtree(recorder.folder)
        wait_until(lambda: recorder.state == "failed")
        recorder.write(*streams(BLOCK, 1), np.ones(4, np.float32))
    assert recorder.error is not None
    assert str(recorder.folder) in recorder.error
    assert "\n" not in recorder.error
    assert not recorder.folder.exists()


def test_recordings_of_the_same_second_go_to_folders_of_their_own(tmp_path: Path) -> None:
    folders = set()
    for _ in range(5):
        with closing(Recorder(tmp_path / "made when needed", RATE, 1)) as recorder:
            folders.add(recorder.folder)
    assert len(folders) == 5
    assert all(folder.parent == tmp_path / "made when needed" for folder in folders)


def test_a_folder_that_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere" / "far")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "link"):
        with pytest.raises(LivevoxError) as refused:
            Recorder(folder, RATE, 1)
        assert str(folder) in str(refused.value)
        assert "\n" not in str(refused.value)


def test_blocks_of_other_shapes_are_refused(tmp_path: Path) -> None:
    one, two = np.zeros((1, 9), np.float32), np.zeros((2, 9), np.float32)
    with closing(Recorder(tmp_path, RATE, 2)) as recorder:
        for blocks in ((two, two, two, one), (one, one, one, one), (two, two, two, two[:, :5])):
            with pytest.raises(ValueError, match="shapes"):
                recorder.write(*blocks, np.zeros(0, np.float32))
    assert recorder.seconds == 0


@pytest.mark.parametrize("samples", [0, 1, 2**29 - 20, 2**29, 2**31])
def test_headers_hold_for_files_beyond_4_gib(tmp_path: Path, samples: int) -> None:
    """Two channels of floats: 2**29 samples are 4 GiB. The files are sparse except at their ends,
    and longer than the header says, as after a kill between the two writes."""
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(wav_header(48_000, 2, samples))
        assert file.tell() == WAV_HEADER_BYTES
        file.truncate(WAV_HEADER_BYTES + 8 * samples)
        if samples:
            file.seek(-8, 2)
            file.write(np.array([0.25, -0.5], "<f4").tobytes())
            file.write(streams(3_000, 1).tobytes())
    with soundfile.SoundFile(path) as read:
        assert (read.frames, read.samplerate, read.channels) == (samples, 48_000, 2)
        assert read.subtype == "FLOAT"
        assert read.format == ("WAV" if samples < 2**29 else "RF64")
        if samples:
            read.seek(samples - 1)
            np.testing.assert_array_equal(read.read(dtype="float32"), [[0.25, -0.5]])
