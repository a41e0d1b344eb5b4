"""Files come out whole, to the sample if they state their length; missing sound is reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import MUSIC_SUFFIXES, open_audio
from livevox.media.sndfile import TWO_VORBIS_PACKETS
from livevox.media.source import DamagedError
from tests.audio_files import (
    DAMAGES,
    KINDS,
    LAYOUTS,
    RATE,
    Kind,
    encode,
    lag,
    needs_ffmpeg,
    noticeable,
    sound,
)
from tests.file_table import row
from tests.output_table import FORMATS, output_row

pytestmark = needs_ffmpeg
by_name = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def read(path: Path, lenient: bool = False) -> tuple[Audio, list[str]]:
    with open_audio(path) as source:
        audio = np.concatenate(list(source.blocks(10_007, lenient=lenient)), axis=1)
        if not source.damage:
            inexact = TWO_VORBIS_PACKETS if path.name == "copied from webm.ogg" else 0
            assert source.samples == pytest.approx(audio.shape[1], abs=inexact)
        return audio, source.damage


@by_name
def test_whole_files_come_out_whole(kind: Kind, tmp_path: Path) -> None:
    fed = sound()
    out, damage = read(encode(kind, fed, tmp_path))
    assert not damage
    if kind.lossless:
        np.testing.assert_array_equal(out, fed)
        return
    longer = out.shape[1] - kind.copies * fed.shape[1]
    assert min(0, kind.longer) <= longer <= max(0, kind.longer) + max(0, kind.later)
    if kind.copies == 1:
        assert lag(out, fed) == kind.later
    else:
        assert lag(out[:, out.shape[1] // 2 :], fed) == pytest.approx(0, abs=1152)


@by_name
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_reported(kind: Kind, damage: str, tmp_path: Path) -> None:
    path = encode(kind, sound(), tmp_path)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    error = failure(path)
    assert (error is not None) == noticeable(kind, damage)
    if isinstance(error, DamagedError):
        assert "get a good copy" in str(error)
        out, noted = read(path, lenient=True)
        assert noted
        assert out.shape[1] > 0
    elif error:
        assert "can't be read" in str(error)


def failure(path: Path) -> LivevoxError | None:
    try:
        read(path)
    except LivevoxError as error:
        return error
    return None


def test_the_report_counts_the_samples_that_are_too_few_for_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, sound().T, RATE)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(DamagedError, match=f"2 of {sound().shape[1]} samples are missing"):
        read(path)


def test_recordings_whose_header_was_never_finished_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, sound().T, RATE)
    begun, data, rest = path.read_bytes().partition(b"data")
    path.write_bytes(begun + data + bytes(4) + rest[4:])
    np.testing.assert_array_equal(read(path)[0], sound())


def test_the_page_about_files_can_be_made(tmp_path: Path) -> None:
    assert row(KINDS[0], "stereo", tmp_path)[3] == "exact"
    assert output_row("wav", *FORMATS["wav"], tmp_path)[1:3] == ["the same", "exact"]


def test_every_kind_of_file_is_found_in_a_folder() -> None:
    assert {Path(kind.name).suffix for kind in KINDS} <= set(MUSIC_SUFFIXES)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name",
    ["float.wav", "music.flac", "vorbis.ogg", "vorbis.webm", "music.opus", "opus.webm", "aac.m4a"],
)
def test_channels_keep_their_places(name: str, layout: str, tmp_path: Path) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == name]
    channels = LAYOUTS[layout]
    seconds = np.arange(48_000) / 48_000
    # The low-frequency channel takes nothing above 120 Hz.
    fed = np.stack([0.3 * np.sin(2 * np.pi * (40 + 10 * c) * seconds) for c in range(channels)])
    with open_audio(encode(kind, fed.astype(np.float32), tmp_path, layout)) as source:
        out = np.concatenate(list(source.blocks(48_000)), axis=1)
        assert source.layout == (layout if channels > 2 else None)
    heard = np.abs(np.fft.rfft(out[:, :48_000] * np.hanning(48_000))).argmax(axis=1)
    np.testing.assert_allclose(heard, 40 + 10 * np.arange(channels), atol=1)


@pytest.mark.parametrize(
    "name",
    [
        *("float.wav", "float.w64", "music.flac", "piped.flac", "flac.mka", "alac.m4a", "music.wv"),
        *("cbr.mp3", "vbr.mp3", "vbr, no header.mp3", "joined.mp3", "vorbis.ogg", "joined.ogg"),
        *("music.opus", "late.opus", "opus.webm", "opus.mp4", "vorbis.webm", "aac.mka"),
        *("dvd.vob", "dvd, pcm.vob"),
    ],
)
def test_reading_from_anywhere_equals_reading_whole(name: str, tmp_path: Path) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == name]
    path = encode(kind, sound(), tmp_path)
    whole, _ = read(path)
    rng = np.random.default_rng(5)
    with open_audio(path) as source:
        for first in (*rng.integers(0, whole.shape[1], 5), whole.shape[1] - 1, 0):
            out = np.concatenate(list(source.blocks(7919, int(first))), axis=1)
            np.testing.assert_array_equal(out, whole[:, first:])
        assert list(source.blocks(7919, whole.shape[1])) == []
