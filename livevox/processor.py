"""The face of a plugin: blocks in, as many samples out, parameters that can be moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio
from livevox.envelope import SingingEnvelope
from livevox.errors import LivevoxError
from livevox.network.model import SOURCES, Model, load_model
from livevox.parameters import PARAMETERS, checked, defaults, gain
from livevox.separator import Separation, StreamingSeparator


@dataclass(frozen=True)
class Outputs:
    """What a block became. ``mix`` is what is heard; ``separation`` holds the stems as they are,
    before any gain, and ``dry`` is the input, as late as they are. All are (channels, samples)."""

    mix: Audio
    dry: Audio
    separation: Separation


class Processor:
    """Separates and mixes live audio.

    Call :meth:`prepare` once, then :meth:`process` for every block; the output is
    :attr:`latency_samples` later than the input. :meth:`set` may be called from another thread at
    any time: changes are ramped.
    """

    parameters = PARAMETERS

    def __init__(self, model: Model | str = "live") -> None:
        self.model = load_model(model) if isinstance(model, str) else model
        self._values = defaults()
        self._max_block = 0

    @property
    def values(self) -> dict[str, float]:
        """The present value of every one of :data:`livevox.parameters.PARAMETERS`."""
        return dict(self._values)

    def set(self, name: str, value: float) -> None:
        """Move a parameter. Raises LivevoxError where there is none of that name or that value."""
        self._values.update(checked({name: value}))

    def state(self) -> dict[str, Any]:
        """All that :meth:`restore` needs to bring back the present settings."""
        return {"model": self.model.info.name, "parameters": self.values}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over the parameters of a saved state; those that it lacks get their defaults.

        Raises LivevoxError, and changes nothing, where a value is wrong or the state belongs to
        another model: that has another latency, so it takes another processor.
        """
        if state.get("model") != self.model.info.name:
            raise LivevoxError(
                f"the state is of model {state.get('model')!r}, this is {self.model.info.name!r}: "
                "load that model first"
            )
        self._values = defaults() | checked(state.get("parameters", {}))

    def prepare(self, sample_rate: int, channels: int, max_block: int) -> None:
        """Get ready for blocks of up to ``max_block`` samples; forgets what was heard before.

        Raises LivevoxError where a value is out of range.
        """
        if max_block < 1:
            raise LivevoxError(f"max_block is {max_block}: give at least one sample")
        self._max_block = max_block
        self._separator = StreamingSeparator(self.model, sample_rate, channels, live=True)
        self._restart()

    def reset(self) -> None:
        """Forget the stream, not the parameters; the next block starts a new one."""
        self._separator.reset()
        self._restart()

    def _restart(self) -> None:
        rate = self._separator.sample_rate
        self._envelope = SingingEnvelope(rate, self.latency_samples)
        targets = self._targets()
        self._ramps = {name: Ramp(target, rate) for name, target in targets.items()}

    @property
    def sample_rate(self) -> int:
        """Hz, as prepared."""
        return self._separator.sample_rate

    @property
    def channels(self) -> int:
        """Of the input, the mix and each stem, as prepared."""
        return self._separator.channels

    @property
    def non_finite(self) -> int:
        """Samples so far that were not numbers; silence took their place."""
        return self._separator.non_finite

    @property
    def latency_samples(self) -> int:
        """By how many samples, at the stream's rate, the output is later than the input."""
        return self._separator.latency

    def process(self, block: Audio) -> Audio:
        """Take (channels, samples), return as many: the mix of :attr:`latency_samples` ago."""
        return self.process_all(block).mix

    def process_all(self, block: Audio) -> Outputs:
        """As :meth:`process`, with the separate stems, for further outputs and for recording.

        Raises ValueError where the block is longer than announced, or of other channels.
        """
        samples = block.shape[-1]
        if samples > self._max_block:
            raise ValueError(f"a block of {samples} samples, {self._max_block} were announced")
        separation = self._separator.feed(block)
        dry = separation.vocals + separation.accompaniment
        values = self._values
        singing = self._envelope.advance(
            separation.activity,
            samples,
            values["gate_threshold"],
            values["gate_attack"],
            values["gate_release"],
        )
        now = {
            name: self._ramps[name].advance(target, samples)
            for name, target in self._targets().items()
        }
        vocals = separation.vocals * (now["vocals"] * _turned_down(now["gate"], 1 - singing))
        music = separation.accompaniment * (
            now["accompaniment"] * _turned_down(now["duck"], singing)
        )
        wet = now["wet"]
        mix = (wet * (vocals + music) + (1 - wet) * dry) * now["output"]
        bypass = now["bypass"]
        if bypass[-1] > 0 or bypass[0] > 0:
            mix = bypass * dry + (1 - bypass) * mix
        return Outputs(mix, dry, separation)

    def _targets(self) -> dict[str, float]:
        """Where the ramps go: gains as factors, gate and duck in dB, the rest as it is."""
        values = self._values
        soloed = [source for source in SOURCES if values[f"{source}_solo"]]
        targets = {name: values[name] for name in ("gate", "duck", "wet", "bypass")}
        targets["output"] = gain(values["output"])
        for source in SOURCES:
            heard = not values[f"{source}_mute"] and (not soloed or source in soloed)
            targets[source] = gain(values[source]) if heard else 0.0
        return targets


def _turned_down(amount: Audio, share: Audio) -> Audio:
    """The factor for ``share`` of ``amount`` dB less."""
    if len(amount) == 1 and amount[0] == 0:
        return np.ones(1, np.float32)
    return np.power(np.float32(10), -amount * share / 20, dtype=np.float32)
