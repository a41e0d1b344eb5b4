"""The interface of a plugin: a block in, a block out, and parameters that change at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from livevox.dsp.ramp import Ramp
from livevox.dsp.stft import Audio
from livevox.dsp.transpose import Transposer
from livevox.envelope import SingingEnvelope
from livevox.errors import LivevoxError
from livevox.network.info import SOURCES
from livevox.network.model import Model, load_model
from livevox.parameters import PARAMETERS, checked, defaults, gain
from livevox.separator import Separation, StreamingSeparator, as_float


@dataclass(frozen=True)
class Outputs:
    """The output for one block. ``mix`` is the output signal; ``separation`` holds the stems before
    any gain; ``dry`` is the input, as late and in the same key. All are (channels, samples)."""

    mix: Audio
    dry: Audio
    separation: Separation


class Processor:
    """Transposes, separates and mixes live audio. It also keeps the parameters that others follow:
    those of the microphone (:mod:`livevox.live.mic_process`), and the tempo of files
    (:class:`livevox.media.transport.Transport`). They have no effect here.

    Call ``prepare`` once, then ``process`` for every block; the output is
    ``latency_samples`` later than the input. ``set`` may be called from another thread at
    any time: changes are ramped.
    """

    parameters = PARAMETERS

    def __init__(self, model: Model | str = "live") -> None:
        self.model = load_model(model, live=True) if isinstance(model, str) else model
        self._values = defaults()
        self._max_block = 0

    @property
    def values(self) -> dict[str, float]:
        """The current value of each of ``livevox.parameters.PARAMETERS``."""
        return dict(self._values)

    def set(self, name: str, value: float) -> None:
        """Set a parameter. Raises LivevoxError for an unknown name or a value out of range."""
        self._values.update(checked({name: value}))

    def state(self) -> dict[str, Any]:
        """The state that ``restore`` takes to bring back the current settings."""
        return {"model": self.model.info.name, "parameters": self.values}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore the parameters of a saved state; parameters that it lacks get their defaults.

        Raises LivevoxError, and changes nothing, if a value is wrong or the state belongs to
        another model: another model has another latency and needs a new processor.
        """
        if state.get("model") != self.model.info.name:
            raise LivevoxError(
                f"the state is of model {state.get('model')!r}, this is {self.model.info.name!r}: "
                "load that model first"
            )
        self._values = defaults() | checked(state.get("parameters", {}))

    def prepare(self, sample_rate: int, channels: int, max_block: int) -> None:
        """Prepare for blocks of up to ``max_block`` samples; clears all earlier audio.

        Raises LivevoxError if a value is out of range.
        """
        if max_block < 1:
            raise LivevoxError(f"max_block is {max_block}: give at least one sample")
        self._max_block = max_block
        self._separator = StreamingSeparator(self.model, sample_rate, channels, live=True)
        self._transposer = Transposer(sample_rate, channels)
        self._restart()

    def reset(self) -> None:
        """Clear the stream's state but keep the parameters; the next block starts a new stream."""
        self._separator.reset()
        self._restart()

    def _restart(self) -> None:
        rate = self._separator.sample_rate
        self._transposer.reset(self._values["key"])
        self._envelope = SingingEnvelope(rate, self.separation_latency_samples)
        targets = self._targets()
        self._ramps = {name: Ramp(target, rate) for name, target in targets.items()}

    @property
    def sample_rate(self) -> int:
        """Hz, as prepared."""
        return self._separator.sample_rate

    @property
    def channels(self) -> int:
        """The number of channels of the input, the mix and each stem, as prepared."""
        return self._separator.channels

    @property
    def non_finite(self) -> int:
        """Number of NaN or infinite samples so far, each replaced by 0."""
        return self._transposer.non_finite + self._separator.non_finite

    @property
    def latency_samples(self) -> int:
        """Latency from input to output, in samples at the stream's rate: that of the key and that
        of the separation. It changes when the key leaves 0, and some time after its return."""
        return self.key_latency_samples + self.separation_latency_samples

    @property
    def key_latency_samples(self) -> int:
        """The time that it takes to transpose the input; 0 in the original key."""
        return self._transposer.latency

    @property
    def separation_latency_samples(self) -> int:
        """The time from the transposed input, of which a separation has the frames, to the output;
        it is constant."""
        return self._separator.latency

    def process(self, block: Audio) -> Audio:
        """Take (channels, samples); return the mix of ``latency_samples`` ago, as long."""
        return self.process_all(block).mix

    def process_all(self, block: Audio) -> Outputs:
        """Like ``process``, with the separate stems for further outputs and for recording.

        Raises ValueError if the block is longer than prepared for or has other channels.
        """
        samples = block.shape[-1]
        if samples > self._max_block:
            raise ValueError(f"a block has {samples} samples: prepare() allowed {self._max_block}")
        values = self._values
        # Before the separation, which then needs to know nothing of it: the stems and the dry
        # signal stay together, and the mixer's faders act at once.
        separation = self._separator.feed(self._transposer.feed(as_float(block), values["key"]))
        dry = separation.vocals + separation.accompaniment
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

    def catch_up(self) -> None:
        """Do what the next block needs of the earlier ones, which is otherwise done with it.

        Call it after a block is delivered, so that the next one is ready earlier.
        """
        self._separator.catch_up()

    def _targets(self) -> dict[str, float]:
        """The ramps' targets: gains as linear factors, gate and duck in dB, others unchanged."""
        values = self._values
        soloed = [source for source in SOURCES if values[f"{source}_solo"]]
        targets = {name: values[name] for name in ("gate", "duck", "wet", "bypass")}
        targets["output"] = gain(values["output"])
        for source in SOURCES:
            heard = not values[f"{source}_mute"] and (not soloed or source in soloed)
            targets[source] = gain(values[source]) if heard else 0.0
        return targets


def _turned_down(amount: Audio, share: Audio) -> Audio:
    """The linear factor of an attenuation by ``share`` times ``amount`` dB."""
    if len(amount) == 1 and amount[0] == 0:
        return np.ones(1, np.float32)
    return np.power(np.float32(10), -amount * share / 20, dtype=np.float32)
