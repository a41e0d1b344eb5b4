"""Separation of a stream into vocals and accompaniment: one signal path, live and for files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livevox.dsp.fifo import Fifo
from livevox.dsp.finite import finite
from livevox.dsp.griffin_lim import StreamingGriffinLim
from livevox.dsp.leveller import Leveller
from livevox.dsp.resample import MAX_RATE, MIN_RATE, Resampler, total_latency
from livevox.dsp.stft import (
    BINS,
    HOP,
    NET_BINS,
    SAMPLE_RATE,
    Analysis,
    Audio,
    Spectrum,
    Synthesis,
    network_magnitude,
)
from livevox.errors import LivevoxError
from livevox.network.masker import live_masker, windowed_masker
from livevox.network.model import Model, load_model

MAX_CHANNELS = 64
"""More channels are probably samples of a transposed array."""
EXTENSION_BINS = 64
"""Above 11 kHz, where the network has no bins, the mean of this many top bins is used."""


@dataclass(frozen=True)
class Separation:
    """A part of a separated stream.

    ``vocals`` and ``accompaniment`` are (channels, samples) at the input's rate and sum to the
    input, delayed; ``activity`` (frames,) and ``mask`` (frames, 257), both in 0..1, are those of
    the new frames, of which there are ``livevox.dsp.stft.FRAME_RATE`` a second;
    ``spectrogram`` (frames, 257) is the network's input at these frames: log(1 + magnitude) of the
    mixture, in which the ``livevox.dsp.leveller.Leveller`` has amplified quiet music.
    """

    vocals: Audio
    accompaniment: Audio
    activity: Audio
    mask: Audio
    spectrogram: Audio


class StreamingSeparator:
    """Separates audio that arrives in blocks of any length.

    Every ``feed`` returns as many samples as it takes: the input delayed by ``latency``
    samples (silence at first), in two parts that sum to it. The result does not depend on how the
    stream is cut into blocks. NaN and infinite samples are counted in ``non_finite`` and
    replaced by silence.

    ``live`` computes frame by frame; otherwise long windows are computed, which cost less for
    files. The results are equal. ``griffin_lim`` is a number of iterations, each adding a frame of
    latency; 0 keeps the mixture's phase. With it both sources are refined (paper, section 3.1), so
    that their sum is no longer exactly the input.

    Raises LivevoxError if the rate or the channel count is out of range.
    """

    def __init__(
        self,
        model: Model,
        sample_rate: float = SAMPLE_RATE,
        channels: int = 2,
        griffin_lim: int = 0,
        live: bool = False,
    ) -> None:
        if not MIN_RATE <= sample_rate <= MAX_RATE:
            raise LivevoxError(
                f"a sample rate of {sample_rate} Hz can't be used: give {MIN_RATE} to {MAX_RATE} Hz"
            )
        if sample_rate != int(sample_rate):
            raise LivevoxError(
                f"a sample rate of {sample_rate} Hz can't be used: give a whole number"
            )
        if not 1 <= channels <= MAX_CHANNELS:
            raise LivevoxError(
                f"{channels} channels can't be separated: give 1 to {MAX_CHANNELS}, and audio as "
                "(channels, samples); transpose what is (samples, channels)"
            )
        if griffin_lim < 0:
            raise LivevoxError(f"{griffin_lim} Griffin-Lim iterations: give 0 (none) or more")
        self.model = model
        self.sample_rate = sample_rate = int(sample_rate)
        self.channels = channels
        self.non_finite = 0
        self._iterations = griffin_lim
        self._new_masker = live_masker if live else windowed_masker
        self._latency = total_latency(model.info.geometry.latency + griffin_lim * HOP, sample_rate)
        self.reset()

    @property
    def latency(self) -> int:
        """Delay of the output, in samples at the stream's rate."""
        return self._latency

    def reset(self) -> None:
        """Forget the stream; the next block starts a new one."""
        sources = 2 if self._iterations else 1
        self._to_net = Resampler(self.sample_rate, SAMPLE_RATE, self.channels)
        self._analysis = Analysis(self.channels)
        self._leveller = Leveller()
        self._spectrum: Spectrum = np.zeros((self.channels, 0, BINS), np.complex64)
        self._inputs: Audio = np.zeros((0, NET_BINS), np.float32)
        self._masker = self._new_masker(self.model)
        self._griffin_lim = StreamingGriffinLim(sources * self.channels, self._iterations)
        self._synthesis = Synthesis(sources * self.channels)
        self._from_net = Resampler(SAMPLE_RATE, self.sample_rate, sources * self.channels)
        self._dry = Fifo(self.channels, self.latency)
        self._wet = Fifo(sources * self.channels, self.latency)

    def feed(self, block: npt.NDArray[Any]) -> Separation:
        """Take (channels, n) samples, n >= 0, and return n separated ones.

        Floats are taken as they are; signed integers span -1 to 1. Raises ValueError for other
        shapes, and TypeError for other types of numbers.
        """
        block = as_float(block)
        if block.ndim != 2 or block.shape[0] != self.channels:
            raise ValueError(f"a block of shape {block.shape} is not ({self.channels}, samples)")
        block, replaced = finite(block)
        self.non_finite += replaced
        self._dry.push(block)
        spectrum = self._analysis.feed(self._to_net.feed(block))
        magnitude = network_magnitude(spectrum)
        inputs = np.log1p(self._leveller.gains(magnitude)[:, None] * magnitude)
        mask, activity = self._masker.feed(inputs)
        self._inputs = np.concatenate([self._inputs, inputs])
        spectrogram, self._inputs = self._inputs[: len(mask)], self._inputs[len(mask) :]
        self._spectrum = np.concatenate([self._spectrum, spectrum], axis=1)
        if len(mask):
            estimates = self._estimates(self._spectrum[:, : len(mask)], extended(mask))
            self._spectrum = self._spectrum[:, len(mask) :]
            self._wet.push(self._from_net.feed(self._synthesis.feed(estimates)))
        dry = self._dry.pop(block.shape[1])
        wet = self._wet.pop(block.shape[1])
        vocals = wet[: self.channels]
        accompaniment = wet[self.channels :] if self._iterations else dry - vocals
        return Separation(vocals, accompaniment, activity, mask, spectrogram)

    def catch_up(self) -> None:
        """Do what :meth:`feed` would do first the next time: call it after a block is delivered."""
        self._masker.catch_up()

    def flush(self) -> Separation:
        """End the stream: return its last ``latency`` samples, then reset it."""
        rest = self.feed(np.zeros((self.channels, self.latency), np.float32))
        self.reset()
        return rest

    def _estimates(self, spectrum: Spectrum, mask: Audio) -> Spectrum:
        """The spectra of the sources, stacked along the channels."""
        vocals = spectrum * mask
        if not self._iterations:
            return vocals
        return self._griffin_lim.feed(np.concatenate([vocals, spectrum * (1 - mask)]))


def extended(mask: Audio) -> Audio:
    """The mask over all 513 bins: above 11 kHz, the mean of its top :data:`EXTENSION_BINS`.

    >>> extended(np.full((3, 257), 0.5, np.float32)).shape
    (3, 513)
    """
    above = mask[:, -EXTENSION_BINS:].mean(axis=1, keepdims=True)
    return np.concatenate([mask, np.repeat(above, BINS - NET_BINS, axis=1)], axis=1)


def separate(
    audio: npt.NDArray[Any], sample_rate: float, model: Model | str | Path = "live"
) -> Separation:
    """Separate a whole signal, (samples,) or (channels, samples); the results align with it.

    ``activity``, ``mask`` and ``spectrogram`` hold the frames whose centres lie within the signal.
    Signed integers span -1 to 1. Raises LivevoxError if the rate, the channels or the model
    can't be used, ValueError if the array has more than two dimensions, and TypeError for other
    types of numbers.
    """
    audio = np.atleast_2d(as_float(audio))
    if audio.ndim > 2:
        raise ValueError(f"audio of shape {audio.shape} is not (channels, samples)")
    if audio.shape[1] < audio.shape[0] > MAX_CHANNELS:
        raise LivevoxError(
            f"audio of shape {audio.shape} seems to be (samples, channels): transpose it, as in "
            "livevox.separate(audio.T, sample_rate)"
        )
    if not isinstance(model, Model):
        model = load_model(model)
    stream = StreamingSeparator(model, sample_rate, audio.shape[0])
    return joined(separate_blocks([audio], stream))


def as_float(audio: npt.NDArray[Any]) -> Audio:
    """Samples as float32; signed integers span -1 to 1.

    >>> as_float(np.array([-32768, 16384], np.int16))
    array([-1. ,  0.5], dtype=float32)
    """
    audio = np.asarray(audio)
    if np.issubdtype(audio.dtype, np.signedinteger):
        return audio.astype(np.float32) * np.float32(2.0 ** (1 - 8 * audio.dtype.itemsize))
    if not np.issubdtype(audio.dtype, np.floating):
        raise TypeError(f"samples of type {audio.dtype} can't be used: give floats from -1 to 1")
    return np.asarray(audio, np.float32)


def joined(parts: Iterable[Separation]) -> Separation:
    """Join successive parts of one stream, at least one."""
    parts = list(parts)
    return Separation(
        np.concatenate([part.vocals for part in parts], axis=1),
        np.concatenate([part.accompaniment for part in parts], axis=1),
        np.concatenate([part.activity for part in parts]),
        np.concatenate([part.mask for part in parts]),
        np.concatenate([part.spectrogram for part in parts]),
    )


def separate_blocks(blocks: Iterable[Audio], stream: StreamingSeparator) -> Iterator[Separation]:
    """Feed ``blocks`` to ``stream`` and flush it; leave out the latency before the first sample.

    Joined, the parts equal the result of :func:`separate` for the joined blocks. The memory is
    bounded.
    """
    late, samples, frames = stream.latency, 0, 0
    for block in blocks:
        part = stream.feed(block)
        samples += block.shape[1]
        skipped = min(late, block.shape[1])
        late -= skipped
        frames += len(part.activity)
        yield replace(
            part,
            vocals=part.vocals[:, skipped:],
            accompaniment=part.accompaniment[:, skipped:],
        )
    rest = stream.flush()
    # For a signal shorter than the latency, the flush also returns the silence before it.
    left = frames_within(samples, stream.sample_rate) - frames
    yield Separation(
        rest.vocals[:, late:],
        rest.accompaniment[:, late:],
        rest.activity[:left],
        rest.mask[:left],
        rest.spectrogram[:left],
    )


def frames_within(samples: int, sample_rate: int) -> int:
    """Frames whose centres lie within ``samples`` at ``sample_rate``.

    >>> frames_within(513, 44100)
    2
    """
    return -(-samples * SAMPLE_RATE // (sample_rate * HOP))
