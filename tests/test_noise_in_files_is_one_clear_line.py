"""Damaged audio and model files: taken with the announced length, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import strategies as st

from livevox.dsp.stft import NET_BINS
from livevox.errors import LivevoxError
from livevox.media.files import open_audio
from livevox.media.overview import overview
from livevox.media.playlist import check_playable
from livevox.media.tags import read_tags
from livevox.network.cached import CachedMasker
from livevox.network.model import load_model
from tests.audio_files import KINDS, encode, needs_ffmpeg, sound
from tests.fuzz import damaged, examples, fuzz, refusal

SECONDS = 0.3
FEW = 2 * 1152
"""Samples, two packets: by so many an MP3 may differ from a header that is damaged."""
MOST_SAMPLES = 10_000_000
"""Far more than kilobytes can hold, but for what compresses to almost nothing."""
NAMES = ("16 bits.wav", "16 bits.aiff", "music.flac", "vbr.mp3", "aac.m4a", "vorbis.ogg")
OTHERS = ("music.opus", "float.w64", "16 bits.caf", "alac.m4a", "vorbis.webm", "music.wma")


def small_file(name: str) -> bytes:
    kind = next(kind for kind in KINDS if kind.name == name)
    with TemporaryDirectory() as folder:
        return encode(kind, sound(2, SECONDS), Path(folder)).read_bytes()


@needs_ffmpeg
@pytest.mark.parametrize("name", NAMES)
@examples(25)
def test_audio_has_the_announced_length_or_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, examples: int
) -> None:
    check_audio(tmp_path, name, examples, capfd)


def test_audio_of_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros((1000, 2)), 44_100)
    data = path.read_bytes()
    # The number of the codec follows the length of its chunk.
    place = data.index(b"fmt ") + 8
    path.write_bytes(data[:place] + b"\x00\x00" + data[place + 2 :])
    with pytest.raises(LivevoxError, match="the codec of its audio is unknown"), open_audio(path):
        pass


@needs_ffmpeg
@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_rarer_audio_has_the_announced_length_or_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    check_audio(tmp_path, name, 500, capfd)


def check_audio(folder: Path, name: str, examples: int, capfd: pytest.CaptureFixture[str]) -> None:
    path = folder / name.replace(" ", "")

    def check(data: bytes) -> None:
        path.write_bytes(data)
        capfd.readouterr()

        def whole() -> None:
            with open_audio(path) as source:
                heard = sum(block.shape[1] for block in source.blocks(1000))
                assert abs(heard - source.samples) <= (FEW if path.suffix == ".mp3" else 0)
                assert source.channels >= 1
                assert source.sample_rate >= 1

        def rest() -> None:
            with open_audio(path) as source:
                heard = sum(block.shape[1] for block in source.blocks(1000, lenient=True))
                assert heard < MOST_SAMPLES

        if refusal(whole) is None:
            assert refusal(rest) is None
        else:
            refusal(rest)
        if refusal(lambda: overview(path, 10)) is None:
            seen = overview(path, 10)
            assert seen.shape == (10, 2)
            assert np.isfinite(seen).all()
        refusal(lambda: check_playable([path]))
        read_tags(path)
        assert "Traceback" not in capfd.readouterr().err

    fuzz(check, examples, damaged([small_file(name)]))


@examples(25)
def test_a_model_runs_or_is_refused(
    model_files: dict[str, Path], tmp_path: Path, examples: int
) -> None:
    path = tmp_path / "model.onnx"

    def use() -> None:
        model = load_model(path)
        frames = model.info.geometry.window_frames(32)
        mask, activity = model.run(np.ones((frames, NET_BINS), np.float32))
        assert mask.shape == (len(activity), NET_BINS)
        if model.info.geometry.alignment == "causal":
            CachedMasker(model)

    def check(data: bytes) -> None:
        path.write_bytes(data)
        refusal(use)

    files = [model_files[name].read_bytes() for name in ("live", "paper")]
    for data in files:
        path.write_bytes(data)
        assert refusal(use) is None
    fuzz(check, examples, damaged(files, head=4000) | st.binary(max_size=64))
