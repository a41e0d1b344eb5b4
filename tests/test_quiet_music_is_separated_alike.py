"""The leveller raises quiet music for the network and changes nothing else."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from livevox import StreamingSeparator, load_model, separate
from livevox.demo.song import demo_song
from livevox.dsp.leveller import FALL_DB_PER_S, MOST_GAIN_DB, QUIET_DB, Leveller
from livevox.dsp.stft import FRAME_RATE, SAMPLE_RATE, Audio, network_magnitude, stft
from livevox.metrics import sdr


def noise(seconds: float, level_db: float) -> Audio:
    """Stereo noise at an RMS of ``level_db`` dBFS, the same in both channels."""
    rng = np.random.default_rng(3)
    mono = rng.standard_normal(int(seconds * SAMPLE_RATE)) * 10 ** (level_db / 20)
    return np.stack([mono, mono]).astype(np.float32)


def test_music_that_is_not_quiet_passes_as_it_is() -> None:
    gains = Leveller().gains(network_magnitude(stft(noise(3, QUIET_DB + 6))))
    np.testing.assert_array_equal(gains, 1)


@pytest.mark.parametrize("below_db", [10.0, 30.0])
def test_quiet_music_is_raised_to_the_same_loudness(below_db: float) -> None:
    magnitude = network_magnitude(stft(noise(below_db / FALL_DB_PER_S + 3, QUIET_DB - below_db)))
    gain_db = 20 * np.log10(Leveller().gains(magnitude)[-50:-2])
    # The loudest frames of noise are a few dB above its RMS.
    assert below_db - 3 < gain_db.min()
    assert gain_db.max() < below_db + 0.5


def test_a_gain_rises_slowly_falls_at_once_and_ends() -> None:
    silence = np.zeros((2, 20 * SAMPLE_RATE), np.float32)
    audio = np.concatenate([silence, noise(1, 0)], axis=1)
    gains = Leveller().gains(network_magnitude(stft(audio)))
    gain_db = 20 * np.log10(gains)
    assert np.diff(gain_db).max() <= FALL_DB_PER_S / FRAME_RATE + 1e-4
    assert gain_db.max() == pytest.approx(MOST_GAIN_DB, abs=1e-3)
    assert gain_db[round(20 * FRAME_RATE) + 2] == 0


def test_how_a_stream_is_cut_changes_no_gain() -> None:
    magnitude = network_magnitude(stft(noise(4, QUIET_DB - 20)))
    whole = Leveller().gains(magnitude)
    leveller = Leveller()
    edges = [0, 1, 1, 8, 21, 200, len(magnitude)]
    parts = [leveller.gains(magnitude[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_a_song_is_separated_at_36_db_less_nearly_as_well() -> None:
    song = demo_song()
    vocals, mixture = song.vocals, song.vocals + song.accompaniment
    late = 12 * SAMPLE_RATE
    results = [separate(mixture * np.float32(gain), SAMPLE_RATE) for gain in (1, 10 ** (-36 / 20))]
    loud, quiet = (
        sdr(vocals[:, late:] * np.float32(gain), result.vocals[:, late:])
        for gain, result in zip((1, 10 ** (-36 / 20)), results, strict=True)
    )
    assert quiet > loud - 1.5


def test_live_equals_file_in_quiet_music() -> None:
    quiet = noise(2, QUIET_DB - 25)
    whole = separate(quiet, SAMPLE_RATE).vocals
    stream = StreamingSeparator(load_model("live"), live=True)
    parts = [stream.feed(block).vocals for block in np.array_split(quiet, 37, axis=1)]
    heard = np.concatenate([*parts, stream.flush().vocals], axis=1)[:, stream.latency :]
    np.testing.assert_allclose(heard, whole, atol=1e-5)
