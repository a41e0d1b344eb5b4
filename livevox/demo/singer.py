"""A source-filter singing voice: glottal pulses and noise through a time-varying vocal tract.

Every control (pitch, level, formants) has one value per control frame, ``STEP`` samples (5.8 ms)
apart. One phrase is rendered at a time, so that memory does not grow with the song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livevox.dsp.stft import SAMPLE_RATE

Signal = npt.NDArray[np.float64]
Response = npt.NDArray[np.complex128]

STEP = 256
_FFT = 2048
"""A frame of 2 STEP samples and 35 ms of decay, after which the narrowest formant is at -50 dB."""
_BANDWIDTHS = np.array([70.0, 90.0, 130.0, 190.0, 240.0])
"""Hz, of the five moving formants."""
_HIGHER_BANDWIDTH = 350.0
"""Hz, of the formants above them."""
_LEAD_IN = 0.55
"""Seconds of audio before the first note: the breath and the first consonant."""
_RELEASE = 0.12
"""Seconds of the fade at the end of a phrase, inside its last note."""
_TOP_HZ = 20_000.0
"""Frequency in Hz of the highest harmonic of a phrase's highest note. Its lowest note has as many
harmonics and still reaches 8 kHz."""


@dataclass(frozen=True)
class Phone:
    """The vocal tract's settings for one phone; levels are amplitudes relative to a vowel's."""

    formants: tuple[float, float, float, float, float]
    voicing: float = 1.0
    aspiration: float = 0.035
    frication: float = 0.0
    hiss: float = 5000.0
    """Centre frequency of the frication in Hz."""
    seconds: float = 0.06
    """Length of a consonant in seconds; a vowel lasts as long as its note."""


VOWELS = {
    "a": Phone((730, 1150, 2500, 3350, 4200)),
    "e": Phone((530, 1840, 2530, 3450, 4250)),
    "i": Phone((300, 2200, 2950, 3500, 4300)),
    "o": Phone((540, 980, 2450, 3300, 4200)),
    "u": Phone((360, 950, 2350, 3250, 4150)),
}
_ALVEOLAR = (300.0, 1750.0, 2650.0, 3500.0, 4300.0)
CONSONANTS = {
    "": (),
    "m": (Phone((270, 1050, 2200, 3200, 4100), voicing=0.3, seconds=0.08),),
    "n": (Phone((280, 1500, 2500, 3300, 4200), voicing=0.3, seconds=0.07),),
    "l": (Phone((360, 1150, 2700, 3400, 4200), voicing=0.45, seconds=0.06),),
    "y": (Phone((280, 2250, 3000, 3600, 4300), voicing=0.6, seconds=0.06),),
    "w": (Phone((300, 650, 2250, 3200, 4100), voicing=0.5, seconds=0.06),),
    "h": (Phone((600, 1350, 2500, 3400, 4200), voicing=0.0, aspiration=0.25, seconds=0.07),),
    "s": (Phone(_ALVEOLAR, voicing=0.0, frication=0.3, hiss=6800, seconds=0.11),),
    "sh": (Phone(_ALVEOLAR, voicing=0.0, frication=0.28, hiss=3300, seconds=0.10),),
    "f": (Phone(_ALVEOLAR, voicing=0.0, frication=0.1, hiss=5000, seconds=0.09),),
    "d": (
        Phone(_ALVEOLAR, voicing=0.1, aspiration=0.0, seconds=0.045),
        Phone(_ALVEOLAR, voicing=0.3, frication=0.2, hiss=4200, seconds=0.012),
    ),
    "t": (
        Phone(_ALVEOLAR, voicing=0.0, aspiration=0.0, seconds=0.05),
        Phone(_ALVEOLAR, voicing=0.0, frication=0.45, hiss=4600, seconds=0.014),
        Phone(_ALVEOLAR, voicing=0.0, aspiration=0.2, seconds=0.02),
    ),
    "k": (
        Phone((300, 1900, 2300, 3400, 4200), voicing=0.0, aspiration=0.0, seconds=0.05),
        Phone((300, 1900, 2300, 3400, 4200), voicing=0.0, frication=0.4, hiss=2100, seconds=0.018),
        Phone((500, 1600, 2400, 3400, 4200), voicing=0.0, aspiration=0.2, seconds=0.025),
    ),
}
"""Syllable onsets, each as its phones; an onset ends where the note begins."""

_OPEN = (650.0, 1500.0, 2600.0, 3500.0, 4300.0)
_SILENCE = Phone(_OPEN, voicing=0.0, aspiration=0.0)
_BREATH = (
    Phone(_OPEN, voicing=0.0, aspiration=0.03, seconds=0.10),
    Phone(_OPEN, voicing=0.0, aspiration=0.06, seconds=0.16),
)


@dataclass(frozen=True)
class Note:
    """One sung syllable: times in seconds of the song, pitch in MIDI semitones (69 is 440 Hz)."""

    start: float
    end: float
    pitch: int
    onset: str
    vowels: str
    """One letter, or two for a diphthong."""

    @property
    def onset_seconds(self) -> float:
        """Seconds by which the consonant begins before ``start``."""
        return sum(phone.seconds for phone in CONSONANTS[self.onset])


@dataclass(frozen=True)
class Singer:
    """The characteristics of one singer."""

    tract: float
    """Scale of all formants: 1 for a long vocal tract, about 1.15 for a short one."""
    vibrato_hz: float
    vibrato_cents: float
    """Vibrato depth of a long note, half of peak to peak."""


def sung_interval(phrase: list[Note]) -> tuple[float, float]:
    """(start, end) in seconds of a phrase's singing: from its first consonant, without breath."""
    return phrase[0].start - phrase[0].onset_seconds, phrase[-1].end


def sing(phrase: list[Note], singer: Singer, rng: np.random.Generator) -> tuple[float, Signal]:
    """Render a phrase of notes without rests between them.

    Returns the start of the audio, in seconds of the song, and the (samples,) audio, which begins
    with a breath and is silent at both ends.
    """
    begin = phrase[0].start - _LEAD_IN
    frames = int((phrase[-1].end + 0.1 - begin) * SAMPLE_RATE / STEP)
    times = begin + np.arange(frames) * STEP / SAMPLE_RATE
    pitch = _pitch(phrase, singer, times, rng)
    index, phones = _phones(phrase, times)

    def track(values: list[float], seconds: float) -> Signal:
        return _smooth(np.array(values)[index], seconds)

    samples = np.arange(frames * STEP) / STEP
    frame_numbers = np.arange(frames)

    def per_sample(values: Signal) -> Signal:
        return np.interp(samples, frame_numbers, values)

    loudness = _loudness(phrase, times)
    voicing = track([p.voicing for p in phones], 0.03) * loudness
    shimmer = 1 + 0.04 * rng.standard_normal(frames)
    phase = np.cumsum(per_sample(pitch)) / SAMPLE_RATE
    pulses = _pulses(phase, int(_TOP_HZ / pitch.max())) * per_sample(voicing * shimmer)
    # Air flows while the folds are open, so the breath noise is modulated by the pulses.
    closed = per_sample(np.minimum(voicing, 1)) * np.sin(np.pi * (phase - 0.3)) ** 2
    aspiration = per_sample(track([p.aspiration for p in phones], 0.03))
    breath = rng.standard_normal(samples.size) * aspiration * (1 - 0.7 * closed)
    frication = per_sample(track([p.frication for p in phones], 0.012))
    hiss = rng.standard_normal(samples.size) * frication

    formants = singer.tract * np.stack(
        [track([p.formants[i] for p in phones], 0.07) for i in range(5)], axis=1
    )
    # Singers raise the first formant to a high pitch; a formant below it would attenuate the note.
    formants[:, 0] = np.maximum(formants[:, 0], 1.05 * pitch)
    audio = _filter(pulses + breath, _tract(formants, singer.tract, loudness))
    audio += _filter(hiss, _band(track([p.hiss for p in phones], 0.012)))
    return begin, audio


def hertz(semitones: Signal) -> Signal:
    """Frequencies of MIDI pitches, 69 being 440 Hz."""
    return np.asarray(440 * 2 ** ((semitones - 69) / 12))


def _phones(phrase: list[Note], times: Signal) -> tuple[npt.NDArray[np.int64], list[Phone]]:
    """The phones of a phrase in order, and each control frame's index into them."""
    first = phrase[0].start - phrase[0].onset_seconds
    breath = first - 0.06 - sum(phone.seconds for phone in _BREATH)
    timeline: list[tuple[float, Phone]] = [(times[0] - 1, _SILENCE)]

    def follow(start: float, phones: tuple[Phone, ...]) -> None:
        for phone in phones:
            timeline.append((start, phone))
            start += phone.seconds

    follow(breath, (*_BREATH, _SILENCE))
    for note in phrase:
        follow(note.start - note.onset_seconds, CONSONANTS[note.onset])
        for part, vowel in enumerate(note.vowels):
            # A diphthong stays longest on its first vowel.
            timeline.append((note.start + 0.65 * part * (note.end - note.start), VOWELS[vowel]))
    timeline.append((phrase[-1].end - 0.02, _SILENCE))
    starts = np.array([start for start, _ in timeline])
    return np.searchsorted(starts, times, side="right") - 1, [phone for _, phone in timeline]


def _pitch(phrase: list[Note], singer: Singer, times: Signal, rng: np.random.Generator) -> Signal:
    """Hz per control frame: portamento, scoops, delayed vibrato, drift and jitter."""
    semitones = np.full(times.size, float(phrase[0].pitch))
    depth = np.zeros(times.size)
    for number, note in enumerate(phrase):
        here = times >= note.start - 0.5 * note.onset_seconds
        semitones[here] = note.pitch
        depth[here] = 0.0
        if number == 0 or rng.random() < 0.25:
            semitones[here & (times < note.start + 0.07)] -= rng.uniform(1.0, 2.0)
        if note.end - note.start > 0.45:
            swell = np.clip((times - note.start - 0.2) / 0.35, 0, 1)
            depth[here] = singer.vibrato_cents / 100 * rng.uniform(0.85, 1.15) * swell[here]
    semitones[times > phrase[-1].end - _RELEASE] -= 0.7
    rate = singer.vibrato_hz + _smooth(rng.normal(0, 1, times.size), 0.5)
    vibrato = np.sin(2 * np.pi * np.cumsum(rate) * STEP / SAMPLE_RATE)
    drift = _smooth(rng.normal(0, 0.3, times.size), 0.3)
    jitter = rng.normal(0, 0.04, times.size)
    sung = _smooth(semitones, 0.11) + _smooth(depth, 0.06) * vibrato + drift + jitter
    return hertz(sung)


def _loudness(phrase: list[Note], times: Signal) -> Signal:
    """Amplitude per control frame, about 1: the dynamics of the phrase and of each note."""
    start, end = sung_interval(phrase)
    arch = 0.75 + 0.3 * np.sin(np.pi * np.clip((times - start) / (end - start), 0, 1))
    for note in phrase:
        here = (times >= note.start) & (times < note.end)
        arch[here] *= 1.08 - 0.25 * ((times[here] - note.start) / (note.end - note.start)) ** 2
    return _smooth(arch, 0.06) * np.clip((end - times) / _RELEASE, 0, 1)


def _pulses(phase: Signal, harmonics: int) -> Signal:
    """The derivative of the glottal flow (Rosenberg, 1971, pulse C) at ``phase`` in periods.

    The opening takes 40 % of the period, the closing 16 %. Radiation at the lips differentiates the
    flow. The pulse is a sum of ``harmonics`` partials, which avoids aliasing, and has unit power.
    """
    points = 2048
    t = np.arange(points) / points
    opening = 0.5 * (1 - np.cos(np.pi * t / 0.4))
    closing = np.cos(np.pi / 2 * (t - 0.4) / 0.16)
    flow = np.where(t < 0.4, opening, np.where(t < 0.56, closing, 0.0))
    spectrum = np.fft.rfft(flow) * 1j * np.arange(points // 2 + 1)
    spectrum[harmonics + 1 :] = 0
    pulse = np.fft.irfft(spectrum)
    pulse /= np.sqrt(np.mean(pulse**2))
    return np.asarray(np.interp(phase % 1, np.append(t, 1.0), np.append(pulse, pulse[0])))


def _tract(formants: Signal, scale: float, loudness: Signal) -> Response:
    """The (frames, bins) response of the vocal tract from (frames, 5) formants in Hz."""
    s = _frequencies()
    # Without the resonances above the fifth the treble would be 100 dB too low. They are modelled
    # as a uniform tube's (500, 1500, 2500, ... Hz), divided by its first five.
    response = np.cosh(np.pi * (s / scale + _HIGHER_BANDWIDTH / 2) / 1000) ** -1
    for centre in (500.0, 1500.0, 2500.0, 3500.0, 4500.0):
        response = response / _resonance(s / scale, centre, _HIGHER_BANDWIDTH)
    # In soft singing the folds close less abruptly, which attenuates the treble.
    response = response / (1 + s / (4000 + 6000 * loudness[:, None]))
    for formant, bandwidth in zip(formants.T, _BANDWIDTHS, strict=True):
        response = response * _resonance(s, formant[:, None], bandwidth)
    return np.asarray(response)


def _frequencies() -> Response:
    """The filters' frequency axis, (bins,), as j times the frequency in Hz."""
    return np.asarray(1j * np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE), np.complex128)


def _resonance(s: Response, centre: Signal | float, bandwidth: float) -> Response:
    """A pair of poles, unit gain at 0 Hz; ``s`` is j times the frequency, all in Hz."""
    damping = bandwidth / 2
    return np.asarray((centre**2 + damping**2) / ((s + damping) ** 2 + centre**2))


def _band(centre: Signal) -> Response:
    """The (frames, bins) response of a band-pass an octave wide about ``centre`` in Hz."""
    s = _frequencies()
    width = s * centre[:, None] / 1.4
    return np.asarray((width / (s**2 + width + centre[:, None] ** 2)) ** 2)


def _filter(source: Signal, response: Response) -> Signal:
    """Filter (frames * STEP,) audio by (frames, bins) responses, cross-fading between them.

    Frame k's response holds at sample k * STEP, a Hann window of 2 STEP samples about it.
    """
    window = 0.5 - 0.5 * np.cos(np.pi * np.arange(2 * STEP) / STEP)
    padded = np.pad(source, STEP)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, 2 * STEP)[::STEP][: len(response)]
    filtered = np.fft.irfft(np.fft.rfft(pieces * window, _FFT) * response, _FFT)
    parts = filtered.reshape(len(response), -1, STEP)
    overlaps = parts.shape[1]
    audio = np.zeros((len(response) + overlaps, STEP))
    for i in range(overlaps):
        audio[i : i + len(response)] += parts[:, i]
    return audio[1 : 1 + len(response)].reshape(-1)


def _smooth(track: Signal, seconds: float) -> Signal:
    """Smooth with a Hann window of ``seconds``; the ends are padded with their own values."""
    reach = max(1, round(seconds * SAMPLE_RATE / STEP / 2))
    window = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(np.pad(track, reach, mode="edge"), window / window.sum(), mode="valid")
