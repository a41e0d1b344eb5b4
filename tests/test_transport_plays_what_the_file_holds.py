"""Reading, seeking and pausing give exactly the file's samples."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from livevox.media.files import open_audio
from livevox.media.playhead import FADE_SECONDS
from livevox.media.sndfile import SEEK_EARLIER
from livevox.media.track import BLOCK_SECONDS, Track
from livevox.media.transport import BUFFER_SECONDS
from tests.audio_files import needs_ffmpeg
from tests.transports import (
    FADE,
    RATE,
    Open,
    arrive,
    at,
    listen,
    noise,
    save,
    sine,
    wait_until,
    whole_resampled,
)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_every_sample_is_the_files_for_reads_of_any_size(
    tmp_path: Path, opened: Open, suffix: str
) -> None:
    audio = save(tmp_path / f"music.{suffix}", noise(BUFFER_SECONDS + 2))
    transport = opened(tmp_path / f"music.{suffix}")
    assert not transport.playing
    assert not transport.read(100).any()
    assert transport.position == 0
    transport.play()
    heard = listen(transport, audio.shape[1])
    np.testing.assert_array_equal(heard, audio)
    assert at(transport) == audio.shape[1]
    assert transport.duration == audio.shape[1] / RATE
    assert transport.ended
    assert not transport.playing
    assert not transport.read(1000).any()
    assert transport.starved == 0
    assert transport.error is None
    transport.play()
    assert transport.position == 0
    heard = arrive(transport)
    begun = at(transport)
    np.testing.assert_array_equal(heard[:, -begun:], audio[:, :begun])
    assert not heard[:, :-begun].any()


@pytest.mark.parametrize(
    ("rate", "to"), [(44_100, 48_000), (48_000, 44_100), (8_000, 44_100), (22_050, 16_000)]
)
def test_other_rates_give_what_resampling_the_whole_file_gives(
    tmp_path: Path, opened: Open, rate: int, to: int
) -> None:
    audio = whole_resampled(save(tmp_path / "music.wav", noise(5.3, 2, rate), rate), rate, to)
    transport = opened(tmp_path / "music.wav", to)
    transport.play()
    np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)
    assert transport.ended
    rng = np.random.default_rng(to)
    fade = round(FADE_SECONDS * to)
    for target in rng.integers(1, audio.shape[1] - to, 8):
        transport.seek(target / to)
        assert at(transport, to) == target
        heard = arrive(transport)
        begun = at(transport, to) - target
        heard = np.concatenate([heard[:, -begun:], listen(transport, to // 4)], axis=1)
        expected = audio[:, target : target + heard.shape[1]]
        np.testing.assert_allclose(heard[:, fade:], expected[:, fade:], atol=2e-5)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_after_a_seek_the_file_goes_on_from_there(
    tmp_path: Path, opened: Open, suffix: str
) -> None:
    audio = save(tmp_path / f"music.{suffix}", noise(8))
    transport = opened(tmp_path / f"music.{suffix}")
    transport.play()
    listen(transport, 10_000)
    rng = np.random.default_rng(3)
    far = rng.integers(1, audio.shape[1], 12)
    near = far[-1] // 2 + rng.integers(0, 20_000, 8)
    for target in (*far, *near, audio.shape[1] - 500, 1):
        transport.seek(target / RATE)
        assert at(transport) == target
        heard = arrive(transport)
        begun = at(transport) - target
        heard = np.concatenate([heard[:, -begun:], listen(transport, 3000)], axis=1)
        expected = audio[:, target : target + heard.shape[1]]
        heard = heard[:, : expected.shape[1]]
        np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])
    transport.seek(-3)
    assert transport.position == 0
    transport.seek(1e9)
    assert transport.position == transport.duration
    arrive(transport)
    assert transport.ended


def test_seeks_to_shortly_after_where_the_last_one_ended_are_exact(tmp_path: Path) -> None:
    """libsndfile seeks wrongly in Vorbis files with alternating soft and hard sounds."""
    hard = np.sin(30 * np.arange(8 * RATE) / RATE) > 0
    audio = save(tmp_path / "music.ogg", sine(8) + noise(8) * np.float32(0.1) * hard)
    track = Track(tmp_path / "music.ogg", RATE, 2, FADE)
    rng = np.random.default_rng(2)
    end = 0
    for _ in range(30):
        start = end + SEEK_EARLIER + int(rng.integers(0, 3000))
        start = start if start < 7 * RATE else int(rng.integers(0, 3 * RATE))
        place, block = next(track.play(start, None))
        end = start + block.shape[1] + round(BLOCK_SECONDS * RATE)
        assert place == start
        np.testing.assert_array_equal(block, audio[:, start : start + block.shape[1]])
    track.close()


def test_a_pause_keeps_the_place(tmp_path: Path, opened: Open) -> None:
    audio = save(tmp_path / "music.wav", noise(3))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    for _ in range(5):
        listen(transport, 5000)
        start = at(transport)
        transport.pause()
        heard = transport.read(1000)
        np.testing.assert_array_equal(
            np.abs(heard[:, :FADE]) <= np.abs(audio[:, start : start + FADE]), True
        )
        assert not heard[:, FADE:].any()
        assert at(transport) == start + FADE
        transport.play()
        heard = transport.read(1000)
        expected = audio[:, start + FADE : start + FADE + 1000]
        np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])
        assert np.abs(heard[:, 0] - expected[:, 0]).max() > 0.01


def test_a_ring_that_runs_dry_is_counted_and_loses_nothing(tmp_path: Path, opened: Open) -> None:
    audio = save(tmp_path / "music.wav", noise(12))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    listen(transport, 10_000)
    start, asked = at(transport), round(6 * RATE)
    heard = transport.read(asked)
    played = at(transport) - start
    assert 0 < played < asked
    assert transport.starved == asked - played
    np.testing.assert_array_equal(
        heard[:, : played - FADE], audio[:, start : start + played - FADE]
    )
    assert not heard[:, played:].any()
    start, starved = at(transport), transport.starved
    heard = arrive(transport)
    begun = at(transport) - start
    assert transport.starved == starved + heard.shape[1] - begun
    heard = np.concatenate([heard[:, -begun:], listen(transport, 10_000)], axis=1)
    expected = audio[:, start : start + heard.shape[1]]
    np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])


def test_channels_are_added_dropped_or_mixed_to_the_number_asked_for(
    tmp_path: Path, opened: Open
) -> None:
    files = {n: save(tmp_path / f"{n}.wav", noise(0.1, n, seed=n)) for n in (1, 2, 4)}
    nothing = np.zeros_like(files[1])
    expected = {
        (1, 3): np.concatenate([files[1]] * 3),
        (2, 1): files[2].mean(axis=0, keepdims=True),
        (4, 1): files[4][:2].mean(axis=0, keepdims=True),
        (4, 2): files[4][:2],
        (2, 3): np.concatenate([files[2], nothing]),
    }
    for (has, wants), audio in expected.items():
        transport = opened(tmp_path / f"{has}.wav", RATE, wants)
        transport.play()
        np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)


@needs_ffmpeg
def test_files_that_only_ffmpeg_reads_play_and_seek(tmp_path: Path, opened: Open) -> None:
    save(tmp_path / "music.wav", noise(3))
    codec = ["-c:a", "alac", "-sample_fmt", "s16p"]
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "music.wav"), *codec]
    subprocess.run([*command, str(tmp_path / "music.m4a")], check=True)
    with open_audio(tmp_path / "music.m4a") as source:
        (audio,) = source.blocks(10 * RATE)
    transport = opened(tmp_path / "music.m4a")
    transport.play()
    np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)
    transport.seek(1.5)
    heard = arrive(transport)
    begun = at(transport) - round(1.5 * RATE)
    expected = audio[:, round(1.5 * RATE) :][:, FADE:begun]
    np.testing.assert_array_equal(heard[:, -begun:][:, FADE:], expected)


def threads() -> set[str]:
    """The threads of this process."""
    return set(os.listdir("/proc/self/task"))


def bytes_read(others: set[str]) -> int:
    """From files and pipes, by all threads but ``others``; what ended children read is not in it,
    as it is in the sum for the process."""
    read = 0
    for thread in threads() - others:
        lines = Path(f"/proc/self/task/{thread}/io").read_text().splitlines()
        read += int(dict(line.split(": ") for line in lines)["rchar"])
    return read


@needs_ffmpeg
def test_hours_of_m4a_play_and_seek_without_being_decoded_first(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    save(tmp_path / "minute.wav", noise(60, 1, 16_000), 16_000)
    ffmpeg = ["ffmpeg", "-v", "error"]
    subprocess.run(
        [*ffmpeg, "-i", "minute.wav", "-b:a", "32k", "minute.aac"], cwd=tmp_path, check=True
    )
    # One stream without gaps in its times: after a gap, seeks decode from the start to be exact.
    (tmp_path / "hours.aac").write_bytes(120 * (tmp_path / "minute.aac").read_bytes())
    subprocess.run(
        [*ffmpeg, "-i", "hours.aac", "-c", "copy", "hours.m4a"], cwd=tmp_path, check=True
    )
    size = (tmp_path / "hours.m4a").stat().st_size
    others = threads() - {str(threading.get_native_id())}
    before = bytes_read(others)
    transport = opened(tmp_path / "hours.m4a")
    transport.play()
    for seconds in (0.0, 3600.0, 7100.0):
        transport.seek(seconds)
        wait_until(lambda: transport.buffered > 1)
        assert np.abs(transport.read(RATE // 2)).max() > 0.1
        assert transport.position == pytest.approx(seconds + 0.5, abs=0.1)
    # The encoder makes each minute up to two of its frames of 64 ms longer.
    assert transport.duration == pytest.approx(7200, abs=120 * 2 * 0.064)
    assert 0 < bytes_read(others) - before < size / 2
    assert not list(scratch.iterdir())
