"""The demo song: its stems, the true intervals of singing, and the voice's pitch."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.demo.singer import Note, Signal, Singer, sing, sung_interval
from livevox.demo.song import PEAK, SHORTEST, DemoSong, demo_song
from livevox.dsp.stft import SAMPLE_RATE, Audio

SECONDS = 18.0


@pytest.fixture(scope="module", params=[0, 1, 3])
def performed(request: pytest.FixtureRequest) -> DemoSong:
    return demo_song(SECONDS, request.param)


def sung(song: DemoSong, margin: float = 0.0) -> np.ndarray:
    """(samples,): whether each lies in an interval, widened by ``margin`` seconds."""
    inside = np.zeros(song.vocals.shape[1], bool)
    for start, end in song.activity:
        first = max(0, round((start - margin) * SAMPLE_RATE))
        inside[first : round((end + margin) * SAMPLE_RATE)] = True
    return inside


def level_db(audio: Audio) -> float:
    return float(10 * np.log10(np.mean(audio.astype(np.float64) ** 2) + 1e-20))


def test_a_seed_is_a_song() -> None:
    first, again, other = (demo_song(6.0, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.vocals, again.vocals)
    np.testing.assert_array_equal(first.accompaniment, again.accompaniment)
    assert first.activity == again.activity
    assert np.abs(first.vocals - other.vocals).max() > 0.1
    assert np.abs(first.accompaniment - other.accompaniment).max() > 0.1


def test_stems_are_stereo_and_add_up_below_full_scale(performed: DemoSong) -> None:
    for stem in (performed.vocals, performed.accompaniment):
        assert stem.shape == (2, SECONDS * SAMPLE_RATE)
        assert stem.dtype == np.float32
        assert np.isfinite(stem).all()
        assert np.abs(stem).max() < 1
    assert np.abs(performed.mixture).max() == pytest.approx(PEAK, abs=1e-5)


def test_voice_is_as_loud_as_the_band(performed: DemoSong) -> None:
    here = sung(performed)
    vocals, accompaniment = (
        level_db(stem[:, here]) for stem in (performed.vocals, performed.accompaniment)
    )
    assert vocals == pytest.approx(accompaniment, abs=2)


def test_voice_sounds_in_its_intervals_and_only_there(performed: DemoSong) -> None:
    loud = level_db(performed.vocals[:, sung(performed)])
    # Breath before, the room after.
    around = sung(performed, margin=0.5)
    assert level_db(performed.vocals[:, around & ~sung(performed)]) < loud - 25
    assert level_db(performed.vocals[:, ~around]) < loud - 35
    # Consonants interrupt a voice, but never for 0.2 s.
    for start, end in performed.activity:
        phrase = performed.vocals[:, round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        for piece in np.array_split(phrase, int((end - start) / 0.2), axis=1):
            assert level_db(piece) > loud - 25


def test_song_has_an_introduction_and_rests(performed: DemoSong) -> None:
    starts, ends = (np.array(times) for times in zip(*performed.activity, strict=True))
    assert len(starts) >= 3
    assert 1.5 < starts[0] < 2.5
    assert ends[-1] < SECONDS
    assert (ends - starts > 0.5).all()
    rests = starts[1:] - ends[:-1]
    assert (rests > 0.9).all()
    assert rests.max() > 2.5, "the break"


def test_voice_has_no_clicks(performed: DemoSong) -> None:
    # A jump of j shows as j in the second difference; the sharpest hiss reaches 0.2 of the peak.
    bends = np.abs(np.diff(performed.vocals.astype(np.float64), 2, axis=1))
    assert bends.max() < 0.35 * np.abs(performed.vocals).max()
    assert np.abs(performed.mixture[:, [0, -1]]).max() < 1e-3


@pytest.mark.parametrize("seed", range(6))
def test_shortest_song_has_singing(seed: int) -> None:
    song = demo_song(SHORTEST, seed)
    assert song.activity
    assert np.isfinite(song.mixture).all()


def test_shorter_songs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"seconds is 4\.9: give 5 or more"):
        demo_song(4.9)


def pitch_track(audio: Signal) -> Signal:
    """Hz every 10 ms between 150 and 330 Hz, by the highest peak of the autocorrelation."""
    size, shortest, longest = 2048, SAMPLE_RATE // 330, SAMPLE_RATE // 150
    window = np.hanning(size)

    def correlation(pieces: Signal) -> Signal:
        power = np.abs(np.fft.rfft(pieces, 2 * size)) ** 2
        return np.fft.irfft(power)[..., : longest + 1]

    pieces = np.lib.stride_tricks.sliding_window_view(audio, size)[:: SAMPLE_RATE // 100]
    # Divide by the window's own correlation, which would bias peaks towards shorter lags.
    similar = correlation(pieces * window) / correlation(window)
    lags = shortest + similar[:, shortest:longest].argmax(axis=1)
    left, peak, right = (similar[np.arange(len(lags)), lags + d] for d in (-1, 0, 1))
    return np.asarray(SAMPLE_RATE / (lags + 0.5 * (left - right) / (left - 2 * peak + right)))


@pytest.mark.parametrize("vowel", ["a", "i", "u"])
def test_a_held_note_is_in_tune_and_gets_vibrato(vowel: str) -> None:
    note = Note(start=1.0, end=3.0, pitch=57, onset="m", vowels=vowel)
    singer = Singer(tract=1.0, vibrato_hz=5.5, vibrato_cents=45.0)
    begin, audio = sing([note], singer, np.random.default_rng(0))
    assert sung_interval([note]) == (1.0 - note.onset_seconds, 3.0)

    def cents(start: float, end: float) -> Signal:
        first, last = (round((t - begin) * SAMPLE_RATE) for t in (start, end))
        return np.asarray(1200 * np.log2(pitch_track(audio[first:last]) / 220))

    held = cents(1.7, 2.8)
    assert abs(held.mean()) < 15
    assert 30 < (held.max() - held.min()) / 2 < 70
    swing = np.abs(np.fft.rfft(held - held.mean(), 1024))
    assert swing.argmax() * 100 / 1024 == pytest.approx(5.5, abs=0.6)
    # The vibrato comes late.
    early = cents(1.15, 1.3)
    assert (early.max() - early.min()) / 2 < 25
