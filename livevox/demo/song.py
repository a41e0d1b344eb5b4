"""A short synthesised pop song: a voice over a band, with both stems known.

For demonstrations and tests on machines without a recording to separate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livevox.activity import Interval
from livevox.demo import backing_band
from livevox.demo.singer import CONSONANTS, Note, Signal, Singer, sing, sung_interval
from livevox.dsp.stft import SAMPLE_RATE, Audio

SHORTEST = 5.0
"""Shortest song in seconds that has room for an introduction and a phrase."""
PEAK = 0.7
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_PROGRESSIONS = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (0, 3, 5, 4))
"""Roots of the chords, one a bar, in degrees of the major scale."""
_RHYTHMS = ((2, 1, 1, 2, 1, 1, 4), (1, 1, 2, 2, 1, 1, 4), (3, 1, 2, 1, 1, 4), (2, 2, 3, 1, 4))
"""Lengths of a phrase's notes in eighths: 12 of the 16 in its two bars; the rest is silent."""
_ONSETS = tuple(CONSONANTS)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou", "au")
_SINGERS = (
    # A tenor and an alto, each with its range of tonics.
    (Singer(tract=1.0, vibrato_hz=5.3, vibrato_cents=45.0), range(50, 56)),
    (Singer(tract=1.14, vibrato_hz=5.7, vibrato_cents=40.0), range(57, 63)),
)


@dataclass(frozen=True)
class DemoSong:
    """Two (2, samples) stems at 44.1 kHz; their sum is the song."""

    vocals: Audio
    accompaniment: Audio
    activity: list[Interval]
    """(start, end) in seconds of every phrase that is sung."""

    @property
    def mixture(self) -> Audio:
        """The song, (2, samples)."""
        return self.vocals + self.accompaniment


@dataclass(frozen=True)
class _Score:
    """Tempo, key and chords, common to voice and band. Bar 0 is the introduction."""

    tonic: int
    """MIDI pitch at the centre of the melody."""
    beat: float
    """Seconds."""
    progression: tuple[int, ...]
    bars: int

    def pitch(self, degree: int) -> int:
        """MIDI pitch of a degree of the scale, 0 being the tonic and 7 its octave."""
        return self.tonic + 12 * (degree // 7) + _SCALE[degree % 7]

    def root(self, bar: int) -> int:
        """Degree of the bar's chord."""
        return self.progression[bar % len(self.progression)]

    def chord(self, bar: int) -> list[int]:
        """The bar's triad, inverted into the octave from G3 (MIDI 55) for smooth voice leading."""
        return [_within(self.pitch(self.root(bar) + third), 55) for third in (0, 2, 4)]

    def start(self, bar: int, eighths: float = 0.0) -> float:
        """Seconds at which a position begins."""
        return (4 * bar + eighths / 2) * self.beat


def _within(pitch: int, lowest: int) -> int:
    """The same pitch class in the octave from ``lowest``."""
    return lowest + (pitch - lowest) % 12


def demo_song(seconds: float = 20.0, seed: int = 0) -> DemoSong:
    """Compose and perform a song; the same seed gives the same song.

    After an introduction of about 2 s, two phrases and an instrumental bar alternate. In the
    phrases the voice is as loud as the band.
    """
    if not seconds >= SHORTEST:
        raise ValueError(f"seconds is {seconds}: give {SHORTEST:g} or more")
    rng = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE)
    singer, tonics = _SINGERS[rng.integers(len(_SINGERS))]
    beat = 60 / rng.uniform(102, 116)
    score = _Score(
        tonic=int(rng.choice(tonics)),
        beat=beat,
        progression=_PROGRESSIONS[rng.integers(len(_PROGRESSIONS))],
        bars=int(np.ceil(seconds / (4 * beat))),
    )
    phrases = _melody(score, seconds - 0.5, rng)
    dry = np.zeros((1, samples))
    for phrase in phrases:
        start, audio = sing(phrase, singer, rng)
        _place(dry, start, audio[None])
    vocals = _room(dry, 0.4, 0.3, rng)
    accompaniment = _room(_play(score, samples, rng), 0.6, 0.12, rng)

    activity = [sung_interval(phrase) for phrase in phrases]
    sung = np.zeros(samples, bool)
    for start, end in activity:
        sung[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = True
    vocals *= _rms(accompaniment[:, sung]) / _rms(vocals[:, sung])
    # The song ends while its last chord still decays.
    gain = np.minimum(1, np.arange(samples)[::-1] / (0.4 * SAMPLE_RATE))
    gain *= PEAK / np.abs((vocals + accompaniment) * gain).max()
    return DemoSong(
        (vocals * gain).astype(np.float32), (accompaniment * gain).astype(np.float32), activity
    )


def _melody(score: _Score, before: float, rng: np.random.Generator) -> list[list[Note]]:
    """Phrases of two bars, from bars 1 and 3 of every five, that end before second ``before``."""
    phrases = []
    for bar in range(1, score.bars):
        if bar % 5 in (1, 3):
            phrase = [note for note in _phrase(score, bar, rng) if note.end <= before]
            if phrase:
                phrases.append(phrase)
    return phrases


def _phrase(score: _Score, bar: int, rng: np.random.Generator) -> list[Note]:
    """Chord tones on the beats, steps of the scale between them."""
    notes = []
    degree, eighth = int(rng.integers(0, 5)), 0
    for length in _RHYTHMS[rng.integers(len(_RHYTHMS))]:
        degree += int(rng.choice([-2, -1, 1, 2]))
        if eighth % 2 == 0:
            root = score.root(bar + eighth // 8)
            tones = [d for d in range(-2, 8) if (d - root) % 7 in (0, 2, 4)]
            degree = min(tones, key=lambda tone: abs(tone - degree))
        degree = int(np.clip(degree, -2, 7))
        notes.append(
            Note(
                start=score.start(bar, eighth),
                end=score.start(bar, eighth + length),
                pitch=score.pitch(degree),
                onset=str(rng.choice(_ONSETS)),
                vowels=str(rng.choice(_VOWELS)),
            )
        )
        eighth += length
    return notes


def _play(score: _Score, samples: int, rng: np.random.Generator) -> Signal:
    """The band, dry: (2, samples)."""
    track = np.zeros((2, samples))
    drums = backing_band.make_drums(rng)
    for bar in range(score.bars):
        _play_chords(track, score, bar, rng)
        _play_bass(track, score, bar)
        _play_drums(track, score, bar, drums, rng)
    return track


def _play_chords(track: Signal, score: _Score, bar: int, rng: np.random.Generator) -> None:
    chord = score.chord(bar)
    # Pads overlap by their attack time.
    _place(track, score.start(bar), 0.2 * backing_band.pad(chord, 4 * score.beat + 0.15, rng))
    for eighth, length in ((0, 3), (3, 3), (6, 2)):
        hit = backing_band.electric_piano(chord, length * score.beat / 2 + 0.05)
        level = 0.36 * rng.uniform(0.85, 1.0)
        _place(track, score.start(bar, eighth), level * _panned(hit, -0.3))


def _play_bass(track: Signal, score: _Score, bar: int) -> None:
    root, _, fifth = (_within(pitch, 31) for pitch in score.chord(bar))
    for eighth, length, pitch in ((0, 3, root), (3, 1, root), (4, 2, root), (6, 2, fifth)):
        note = backing_band.bass(pitch, 0.97 * length * score.beat / 2)
        _place(track, score.start(bar, eighth), 0.23 * _panned(note, 0.0))


def _play_drums(
    track: Signal, score: _Score, bar: int, drums: backing_band.Drums, rng: np.random.Generator
) -> None:
    def hit(eighth: float, drum: Signal, level: float, pan: float) -> None:
        # Human timing: hits are slightly off the grid.
        start = score.start(bar, eighth) + rng.uniform(0, 0.006)
        _place(track, start, level * rng.uniform(0.85, 1.0) * _panned(drum, pan))

    for kick in (0, 4, 5):
        hit(kick, drums.kick, 0.5, 0.0)
    for snare in (2, 6):
        hit(snare, drums.snare, 0.42, 0.05)
    for hat in range(7):
        hit(hat, drums.hat, 0.2 if hat % 2 else 0.3, 0.35)
    hit(7, drums.open_hat, 0.2, 0.35)
    if bar % 5 == 0:
        # A drum fill leads into the phrase, and a crash marks its start.
        for fill in (6.5, 7.0, 7.5):
            hit(fill, drums.snare, 0.35, 0.1)
    if bar % 5 == 1:
        hit(0, drums.crash, 0.25, -0.4)


def _panned(mono: Signal, pan: float) -> Signal:
    """Pan (samples,) to (2, samples) at equal power; ``pan`` is -1 (left) to 1 (right)."""
    angle = np.pi / 4 * (1 + pan)
    sides = np.array([[np.cos(angle)], [np.sin(angle)]])
    return np.asarray(np.sqrt(2) * sides * mono)


def _place(track: Signal, seconds: float, sound: Signal) -> None:
    """Add a (channels, n) sound to a (channels, samples) track, cut at the track's ends."""
    start = round(seconds * SAMPLE_RATE)
    first, last = max(0, start), min(track.shape[1], start + sound.shape[1])
    if first < last:
        track[:, first:last] += sound[:, first - start : last - start]


def _room(dry: Signal, decay: float, level: float, rng: np.random.Generator) -> Signal:
    """Add reverberation to (1 or 2, samples); returns (2, samples).

    ``decay`` is RT60 in seconds; ``level`` is the reverberation's amplitude relative to the dry
    sound.
    """
    t = np.arange(int(decay * SAMPLE_RATE)) / SAMPLE_RATE
    echo = rng.standard_normal((2, t.size)) * 10 ** (-3 * t / decay)
    echo[:, : int(0.012 * SAMPLE_RATE)] = 0
    echo *= level / np.sqrt((echo**2).sum(axis=1, keepdims=True))
    size = 1 << (dry.shape[1] + t.size - 1).bit_length()
    # Walls absorb treble.
    absorption = 1 + 1j * np.fft.rfftfreq(size, 1 / SAMPLE_RATE) / 4000
    response = np.fft.rfft(echo, size) / absorption
    wet = np.fft.irfft(np.fft.rfft(dry, size) * response, size)
    return np.asarray(dry + wet[:, : dry.shape[1]])


def _rms(audio: Signal) -> float:
    return float(np.sqrt(np.mean(audio**2)))
