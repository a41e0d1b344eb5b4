"""WAV and FLAC of 16 and 24 bits have errors like noise, and report what is above full scale."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.errors import LivevoxError
from livevox.media.dither import Dither
from livevox.media.encoding import Quality
from livevox.media.peaks import Held
from livevox.media.writing import writing
from tests.audio_files import RATE, sound, write
from tests.commands import livevox


@pytest.mark.parametrize("kind", ["wav", "flac"])
@pytest.mark.parametrize("bits", [16, 24])
def test_files_have_the_bits_and_only_an_error_of_dither(
    kind: str, bits: int, tmp_path: Path
) -> None:
    fed = (sound() * np.float32(0.9137)).astype(np.float32)
    path = tmp_path / f"a.{kind}"
    with writing(path, RATE, 2, fed.shape[1], quality=Quality(bits)) as sink:
        sink.write(fed)
    assert soundfile.info(path).subtype == f"PCM_{bits}"
    out, _ = soundfile.read(path, dtype="int32", always_2d=True)
    error = (out.T / 2.0**31 - fed) * 2 ** (bits - 1)
    assert np.abs(error).max() <= 1.5
    assert np.mean(error**2) == pytest.approx(1 / 4, rel=0.05)  # rounding 1/12, TPDF 1/6
    assert sink.above == 0


def test_a_sine_below_one_step_is_still_there() -> None:
    sine = 0.4 / 2**15 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    integers = Dither(16)(sine[None].astype(np.float32))[:, 0]
    spectrum = np.abs(np.fft.rfft(integers))
    assert spectrum.argmax() == 1000
    # Its harmonics are no more than noise.
    assert spectrum[[2000, 3000, 5000]].max() < 5 * np.sqrt(np.mean(spectrum**2))


def test_blocks_make_no_difference_and_silence_stays_silent() -> None:
    audio = sound()[:, :9000].copy()
    audio[:, 4000:5000] = 0
    whole, pieces = Dither(16), Dither(16)
    parts = [pieces(audio[:, start : start + 700]) for start in range(0, 9000, 700)]
    np.testing.assert_array_equal(np.concatenate(parts), whole(audio))
    assert not np.concatenate(parts)[4000:5000].any()


@pytest.mark.parametrize("bits", [16, 24])
def test_samples_above_full_scale_are_clipped(bits: int) -> None:
    dither = Dither(bits)
    full = 2 ** (bits - 1)
    out = dither(np.asarray([[1.5, -1.5, 1.0, -1.0, 0.5]], np.float32))[:, 0]
    assert (out[0], out[1]) == (full - 1, -full)


def test_stems_that_are_held_come_back_with_one_gain(tmp_path: Path) -> None:
    loud, quiet = 3 * sound()[:, :1000], sound()[:, 1000:2000]
    with Held(tmp_path) as held:
        held.write([loud, quiet])
        held.write([quiet, loud])
        first, second = held.scaled()
        assert max(np.abs(first).max(), np.abs(second).max()) <= 1 - 2**-15
    np.testing.assert_allclose(first, [held.gain * loud, held.gain * quiet], rtol=1e-6)
    np.testing.assert_allclose(second, [held.gain * quiet, held.gain * loud], rtol=1e-6)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kind", "bits"), [("flac", 32), ("mp3", 16), ("ogg", 24), ("wav", 8)])
def test_bits_that_a_format_has_not_are_refused(kind: str, bits: int, tmp_path: Path) -> None:
    with (
        pytest.raises(LivevoxError, match=f"--bits is {bits}"),
        writing(tmp_path / f"a.{kind}", RATE, 2, 10, quality=Quality(bits)),
    ):
        pass


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "m4a", "ogg"])
def test_samples_above_full_scale_are_counted_in_every_format(suffix: str, tmp_path: Path) -> None:
    fed = sound(2, 0.5).copy()
    fed[:, 7000:7100] = 1.5
    with writing(tmp_path / f"a.{suffix}", RATE, 2, fed.shape[1]) as sink:
        for start in range(0, fed.shape[1], 1000):
            sink.write(fed[:, start : start + 1000])
    assert sink.above == 200
    assert sink.clips == (suffix in ("flac", "m4a"))


def test_peaks_of_floats_are_reported_on_request(tmp_path: Path) -> None:
    write(tmp_path / "song.wav", 4 * sound(2, 1.0), RATE)
    command = ["separate", "song.wav", "--stems", "", "--mix", "vocals=0"]
    for options, warned in (((), False), (("--peaks", "warn"), True)):
        result = livevox(*command, *options, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        said = "samples above full scale are in separated/song/mix.wav"
        assert (said in result.stderr) == warned


def test_peaks_are_clipped_or_scaled_and_reported(tmp_path: Path) -> None:
    fed = 4 * sound(2, 1.0)
    write(tmp_path / "song.wav", fed, RATE)
    command = ["separate", "song.wav", "--bits", 16, "--mix", "vocals=0"]
    result = livevox(*command, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "samples above full scale were clipped in separated/song/mix.wav" in result.stderr
    result = livevox(*command, "--peaks", "scale", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "dBFS; all stems are" in result.stderr
    assert "clipped" not in result.stderr
    stems = {
        name: soundfile.read(tmp_path / "separated" / "song" / f"{name}.wav")[0]
        for name in ("vocals", "accompaniment", "mix")
    }
    assert 0.99 < max(np.abs(stem).max() for stem in stems.values()) < 1
    np.testing.assert_allclose(
        stems["vocals"] + stems["accompaniment"], stems["mix"], atol=5 / 2**15
    )
    gain = np.vdot(stems["mix"].T, fed) / np.vdot(fed, fed)
    np.testing.assert_allclose(stems["mix"].T, gain * fed, atol=3 / 2**15)
