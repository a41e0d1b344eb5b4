"""The processor equals the offline result, has the reported latency, and produces no clicks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from livevox import LivevoxError, Model, Processor, separate
from livevox.dsp.stft import Audio
from livevox.parameters import PARAMETERS

RATE = 44_100


def play(
    processor: Processor,
    audio: Audio,
    block: int = 256,
    before: Callable[[int], None] = lambda at: None,
) -> Audio:
    parts = []
    for at in range(0, audio.shape[1], block):
        before(at)
        parts.append(processor.process(audio[:, at : at + block]))
    return np.concatenate(parts, axis=1)


def prepared(model: Model, **values: float) -> Processor:
    processor = Processor(model)
    for name, value in values.items():
        processor.set(name, value)
    processor.prepare(RATE, 2, 4096)
    return processor


@pytest.mark.parametrize("block", [64, 256, 1000])
def test_a_muted_source_leaves_the_offline_stem(model: Model, song: Audio, block: int) -> None:
    """The latency is the reported one for any block length."""
    whole = separate(song, RATE, model)
    for source, other in (("vocals", "accompaniment"), ("accompaniment", "vocals")):
        processor = prepared(model, **{f"{source}_mute": 1})
        late = processor.latency_samples
        heard = play(processor, song, block)
        kept = getattr(whole, other)
        assert np.abs(kept).max() > 0.01
        np.testing.assert_allclose(heard[:, late:], kept[:, : song.shape[1] - late], atol=1e-5)
        assert not heard[:, :late].any()


def test_bypass_and_dry_are_the_input_as_late_as_the_mix(model: Model, song: Audio) -> None:
    for values in ({"bypass": 1.0, "output": -20.0}, {"wet": 0.0}, {}):
        processor = prepared(model, **values)
        heard = play(processor, song)
        late = processor.latency_samples
        np.testing.assert_allclose(heard[:, late:], song[:, :-late], atol=1e-6)


def test_mute_and_solo_mean_what_they_mean_on_a_mixing_desk(model: Model, song: Audio) -> None:
    def heard(**values: float) -> Audio:
        return play(prepared(model, **values), song[:, :40_000])

    def same(one: Audio, other: Audio) -> None:
        np.testing.assert_allclose(one, other, atol=1e-5)

    same(heard(vocals_solo=1), heard(accompaniment_mute=1))
    same(heard(accompaniment_solo=1), heard(vocals=-60))
    same(heard(vocals_solo=1, accompaniment_solo=1), heard())
    assert not heard(vocals_solo=1, vocals_mute=1).any()
    same(heard(vocals=6, accompaniment=6), heard(output=6))


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_jump_of_a_parameter_makes_a_click(
    models: dict[str, Model], name: str, song: Audio
) -> None:
    """The second difference of a slow sine is small; a step or a corner would increase it."""
    time = np.arange(60_000)
    tone = np.stack([0.5 * np.sin(0.02 * time), 0.5 * np.cos(0.02 * time)]).astype(np.float32)
    parameter = PARAMETERS[name]
    others = {} if name in ("gate", "duck") else {"gate": 12.0, "duck": 6.0, "vocals": 3.0}
    ends = (parameter.minimum, parameter.maximum)

    def roughness(moving: bool) -> float:
        processor = prepared(models["live"], **others)

        def before(at: int) -> None:
            if moving and at >= 30_000:
                processor.set(name, ends[at // 256 // 8 % 2])

        heard = play(processor, tone, 256, before)[:, 20_000:]
        return float(np.abs(np.diff(heard, 2, axis=1)).max())

    # The gains reach 4, so the tone's own second difference may grow as much. A click of 1 % of
    # the signal would add 0.005.
    assert roughness(moving=True) < 4 * roughness(moving=False) + 0.0005


def test_the_gate_closes_where_nobody_sings_and_ducking_where_somebody_does(
    models: dict[str, Model], song: Audio
) -> None:
    model = models["live"]
    activity = separate(song, RATE, model).activity
    always, never = PARAMETERS["gate_threshold"].minimum, PARAMETERS["gate_threshold"].maximum
    assert activity.min() > always or activity.max() < never
    rest = slice(40_000, None)
    plain = play(prepared(model, accompaniment_mute=1), song)[:, rest]
    for threshold, factor in ((always, 1.0), (never, 0.1)):
        singing = bool(activity.min() > threshold)
        if not singing and activity.max() > threshold:
            continue
        gated = prepared(model, accompaniment_mute=1, gate=20, gate_threshold=threshold)
        expected = plain * (1.0 if singing else factor)
        np.testing.assert_allclose(play(gated, song)[:, rest], expected, atol=1e-3)


def test_state_comes_back_whole_or_not_at_all(models: dict[str, Model]) -> None:
    processor = prepared(models["live"], vocals=-12, bypass=1)
    state = processor.state()
    other = Processor(models["live"])
    other.restore(state)
    assert other.values == processor.values
    state["parameters"] |= {"vocals": 3, "output": 100}
    with pytest.raises(LivevoxError, match="output is 100"):
        other.restore(state)
    assert other.values == processor.values
    with pytest.raises(LivevoxError, match="direct"):
        Processor(models["direct"]).restore(processor.state())


def test_values_out_of_range_are_refused(models: dict[str, Model]) -> None:
    processor = Processor(models["live"])
    for name, value in (("vocals", 99), ("bypass", 0.5), ("wet", float("nan")), ("voice", 0)):
        with pytest.raises(LivevoxError, match=name):
            processor.set(name, value)
    assert processor.values == Processor(models["live"]).values
