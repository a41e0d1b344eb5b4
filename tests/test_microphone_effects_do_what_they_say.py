"""Every effect of the microphone does what it says, without clicks and in blocks of any length."""

from __future__ import annotations

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from livevox.mic.chain import MicChain
from livevox.mic.echo import FEEDBACK, Echo
from livevox.mic.gate import Gate
from livevox.mic.limiter import RELEASE_DB_PER_SECOND, Limiter
from livevox.mic.low_cut import LowCut
from livevox.mic.reverb import DECAY_SECONDS, Reverb
from livevox.parameters import MIC, PARAMETERS, defaults, gain

RATE = 44_100
RATES = (8_000, 44_100, 48_000, 192_000)
EVERYTHING = defaults() | {
    "mic": 6.0,
    "mic_gate": -40.0,
    "mic_echo": 0.6,
    "mic_echo_time": 0.07,
    "mic_reverb": 0.5,
    "mic_limit": -6.0,
}
PLAIN = defaults() | {"mic_low_cut": PARAMETERS["mic_low_cut"].minimum, "mic_limit": 0.0}


def noise(samples: int, seed: int = 0, level: float = 0.1) -> Audio:
    return (level * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


def sine(frequency: float, samples: int, rate: int = RATE, level: float = 0.1) -> Audio:
    return (level * np.sin(2 * np.pi * frequency * np.arange(samples) / rate)).astype(np.float32)


def db(after: Audio, before: Audio) -> float:
    return 10 * float(np.log10(np.square(after).sum() / np.square(before).sum()))


def sung(chain: MicChain, audio: Audio, values: dict[str, float], block: int = 256) -> Audio:
    parts = [
        chain.process(audio[:, start : start + block], values)
        for start in range(0, audio.shape[1], block)
    ]
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("corner", [20.0, 100.0, 400.0])
def test_low_cut_takes_off_what_is_below_its_corner(rate: int, corner: float) -> None:
    cell = 64

    def through(frequency: float) -> float:
        tone = sine(frequency, round(rate * max(0.5, 20 / corner)), rate)
        low_cut = LowCut(rate, cell, corner)
        out = [low_cut.process(tone[at : at + cell]) for at in range(0, len(tone), cell)]
        half = len(tone) // 2
        return db(np.concatenate(out)[half:], tone[half:])

    assert through(corner / 2) == pytest.approx(-12.3, abs=0.4)
    assert through(corner) == pytest.approx(-3.0, abs=0.3)
    assert through(2 * corner) > -0.5
    assert through(8 * corner) == pytest.approx(0, abs=0.1)


def test_gate_closes_under_its_threshold_and_opens_above_it() -> None:
    # A phrase, a breath under the threshold, and a phrase again, at half a second each.
    half = RATE // 2
    levels = np.repeat([gain(-20.0), gain(-50.0), gain(-20.0)], half)
    voice = levels * sine(300, 3 * half, level=1.0)
    gate, cell = Gate(RATE, 66), 66
    gains = []
    for start in range(0, len(voice), cell):
        piece = voice[start : start + cell]
        gains.append(np.broadcast_to(gate.gains(piece, -35.0), len(piece)))
    heard = np.concatenate(gains)
    # At the start and within the phrases it is open, in the breath it closes for good.
    assert (heard[:half] == 1).all()
    assert heard[2 * half - 1000] < gain(-40.0)
    assert heard[2 * half + RATE // 100] > 0.95
    assert np.abs(np.diff(heard)).max() < 0.02


def test_gate_that_is_off_changes_nothing() -> None:
    gate = Gate(RATE, 66)
    for level in (0.5, 0.0, 1e-6):
        assert (gate.gains(np.full(66, level), PARAMETERS["mic_gate"].minimum) == 1).all()


@pytest.mark.parametrize("limit", [0.0, -6.0, -24.0])
def test_limiter_is_never_above_its_ceiling_and_lets_go(limit: float) -> None:
    limiter, ceiling = Limiter(RATE), np.full(1, gain(limit), np.float32)
    rng = np.random.default_rng(1)
    for level in (0.01, 0.3, 1.0, 30.0, 1.0):
        block = (level * rng.standard_normal((2, 500))).astype(np.float32)
        out = limiter.process(block, ceiling)
        assert np.abs(out).max() <= ceiling
        # Both sides are lowered alike, so that a voice stays in its place.
        free = np.abs(out).max(axis=0) < 0.999 * ceiling
        assert out[0, free] * block[1, free] == pytest.approx(
            out[1, free] * block[0, free], rel=1e-4
        )
    assert limiter.reduction > 0
    seconds = limiter.reduction / RELEASE_DB_PER_SECOND + 0.01
    quiet = np.full((2, round(seconds * RATE)), 1e-3, np.float32)
    limiter.process(quiet, ceiling)
    assert limiter.reduction == 0
    assert limiter.process(quiet, ceiling) is quiet


def test_echo_repeats_at_its_time_and_decays() -> None:
    click = np.zeros(3 * RATE, np.float32)
    click[0] = 1
    out = Echo(RATE, 0.25).process(click, 0.25)
    apart = round(0.25 * RATE)
    assert not out[:apart].any()
    energies = [float(np.abs(out[k * apart : k * apart + 50]).sum()) for k in range(1, 10)]
    assert energies[0] == pytest.approx(1, abs=1e-6)
    ratios = np.array(energies[1:]) / energies[:-1]
    assert ratios == pytest.approx(FEEDBACK, rel=0.01)
    assert float(np.abs(out).sum()) == pytest.approx(1 / (1 - FEEDBACK), rel=0.01)


@pytest.mark.parametrize("rate", RATES)
def test_reverb_decays_by_60_db_in_its_time_on_both_sides(rate: int) -> None:
    click = np.zeros(round(2 * DECAY_SECONDS * rate), np.float32)
    click[0] = 1
    out = Reverb(rate).process(click)
    left = np.square(out.astype(float))[:, ::-1].cumsum(axis=1)[:, ::-1]
    curve = 10 * np.log10(left / left[:, :1])
    # The highs decay faster.
    at = round(DECAY_SECONDS * rate)
    assert (curve[:, at] < -55).all()
    assert (curve[:, at] > -75).all()
    assert abs(float(np.corrcoef(out)[0, 1])) < 0.1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("seed", range(3))
def test_blocks_of_any_length_give_the_same_sound(rate: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = min(rate, RATE) // 4
    audio = noise(samples, seed)[None] * np.linspace(0, 2, samples) ** 4
    audio = audio.astype(np.float32)
    whole = MicChain(rate, EVERYTHING).process(audio, EVERYTHING)
    chain, parts, start = MicChain(rate, EVERYTHING), [], 0
    while start < audio.shape[1]:
        n = int(rng.integers(1, [7, 300, 5000][seed]))
        parts.append(chain.process(audio[:, start : start + n], EVERYTHING))
        start += n
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 2e-6
    assert np.abs(whole).max() > 0.2


@pytest.mark.parametrize("name", sorted(set(MIC) - {"mic_limit"}))
def test_no_parameter_clicks(name: str) -> None:
    low, high = PARAMETERS[name].minimum, PARAMETERS[name].maximum
    values = EVERYTHING | {"mic_gate": -80.0, "mic_limit": 0.0, "mic": 0.0}
    tone = sine(50, 4 * RATE)[None]
    chain = MicChain(RATE, values)
    steps = []
    for number, start in enumerate(range(0, tone.shape[1], RATE // 4)):
        now = values | {name: (low, high)[number % 2]}
        out = sung(chain, tone[:, start : start + RATE // 4], now)
        steps.append(out)
    heard = np.concatenate(steps, axis=1)
    # A click is a corner in a tone this slow.
    corners = np.abs(np.diff(heard, 2, axis=1))
    assert corners.max() < 2e-3


def test_the_limit_does_not_click() -> None:
    low, high = PARAMETERS["mic_limit"].minimum, PARAMETERS["mic_limit"].maximum
    values = PLAIN | {"mic_limit": high}
    tone = sine(50, 5 * RATE, level=0.5)[None]
    chain, heard, start = MicChain(RATE, values), [], 0
    # At all phases of the tone.
    for number, samples in enumerate(RATE // 4 + np.arange(16) * 157):
        now = values | {"mic_limit": (low, high)[number % 2]}
        heard.append(sung(chain, tone[:, start : start + samples], now))
        start += samples
    out = np.concatenate(heard, axis=1)
    # It has no look-ahead, so it bends the tone at once where that meets the moving ceiling.
    assert np.abs(np.diff(out, 2, axis=1)).max() < 0.008
    assert np.abs(out[:, RATE // 8 : RATE // 4]).max() == pytest.approx(gain(low), abs=1e-6)


def test_plain_microphone_is_heard_at_once_on_both_sides() -> None:
    audio = noise(RATE)[None]
    out = sung(MicChain(RATE, PLAIN), audio, PLAIN)
    assert (out[0] == out[1]).all()
    assert db(out[:1] - audio, audio) < -15
    lag = np.argmax(np.correlate(out[0, 1000:3000], audio[0, 1000:3000], "full")) - 1999
    assert lag == 0


def test_two_microphones_are_added() -> None:
    audio = np.stack([noise(RATE, 1), noise(RATE, 2)])
    both = sung(MicChain(RATE, PLAIN), audio, PLAIN)
    each = [sung(MicChain(RATE, PLAIN), audio[i : i + 1], PLAIN) for i in (0, 1)]
    assert both == pytest.approx(each[0] + each[1], abs=1e-6)


def test_mute_silences_but_the_echo_fades() -> None:
    chain = MicChain(RATE, EVERYTHING)
    sung(chain, sine(300, RATE)[None], EVERYTHING)
    muted = EVERYTHING | {"mic_mute": 1.0}
    after = sung(chain, sine(300, 6 * RATE)[None], muted)
    assert np.abs(after[:, RATE // 10 : RATE // 5]).max() > 0.01
    assert np.abs(after[:, -RATE:]).max() < 1e-6


def test_samples_that_are_no_numbers_are_silence() -> None:
    audio = noise(RATE)[None]
    broken = audio.copy()
    broken[0, 100], broken[0, 200] = np.nan, np.inf
    audio[0, [100, 200]] = 0
    assert (
        sung(MicChain(RATE, EVERYTHING), broken, EVERYTHING)
        == sung(MicChain(RATE, EVERYTHING), audio, EVERYTHING)
    ).all()


def test_nothing_grows_with_time() -> None:
    import tracemalloc

    chain, audio = MicChain(RATE, EVERYTHING), noise(RATE)[None]
    sung(chain, audio, EVERYTHING)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(5):
        sung(chain, audio, EVERYTHING)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    # An array a block would take more.
    assert grown < 50_000
