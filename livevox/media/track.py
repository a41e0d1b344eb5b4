"""One music file at the device's rate, read from any sample on, with a loop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from math import ceil, gcd
from pathlib import Path

import numpy as np

from livevox.dsp.channels import with_channels
from livevox.dsp.resample import MAX_RATE, MIN_RATE, Resampler
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import open_audio

BLOCK_SECONDS = 0.1
FILTER_SAMPLES = 1024
"""More samples, at the lower rate, than the resampler's filter is long. A stream that starts this
much earlier equals the stream from the file's start."""

Loop = tuple[int, int]
"""First sample and the one after the last, at the device's rate."""


class Track:
    """An open file of (``channels``, samples), counted at ``sample_rate`` Hz; ``fade`` in samples.

    Raises LivevoxError if the file can't be played at that rate.
    """

    def __init__(self, path: Path, sample_rate: int, channels: int, fade: int) -> None:
        self._channels = channels
        self._fade = fade
        self._opened = ExitStack()
        self._source = self._opened.enter_context(open_audio(path, estimated=True))
        self._file_rate = self._source.sample_rate
        self._block = ceil(BLOCK_SECONDS * self._file_rate)
        self._sample_rate = sample_rate
        if not MIN_RATE <= self._file_rate <= MAX_RATE:
            self.close()
            raise LivevoxError(
                f"{path} has a sample rate of {self._file_rate} Hz: "
                f"convert it to a rate between {MIN_RATE} and {MAX_RATE} Hz"
            )

    @property
    def seconds(self) -> float:
        """The file's length."""
        return self._source.samples / self._file_rate

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def play(self, start: int, loop: Loop | None) -> Iterator[tuple[int, Audio]]:
        """The file from ``start`` on as (position, audio); the loop repeats if it ends later.

        Raises LivevoxError if the file is damaged, after a fade.
        """
        while loop and start < loop[1]:
            first, last = loop
            n = min(self._fade, last - start)
            yield from self._between(start, last - n)
            coming_in = rise(n)
            leaving, coming = self._exactly(last - n, last), self._exactly(first - n, first)
            yield last - n, (1 - coming_in) * leaving + coming_in * coming
            start = first
        yield from self._between(start, sys.maxsize)

    def _between(self, start: int, stop: int) -> Iterator[tuple[int, Audio]]:
        at = start
        for audio in _faded_at_damage(self._blocks(start), self._fade):
            if at >= stop:
                return
            yield at, audio[:, : stop - at]
            at += audio.shape[1]

    def _exactly(self, start: int, stop: int) -> Audio:
        """These samples, with silence before the file's start and after its end."""
        audio = np.zeros((self._channels, stop - start), np.float32)
        for at, part in self._between(max(0, start), stop):
            audio[:, at - start : at - start + part.shape[1]] = part
        return audio

    def _blocks(self, start: int) -> Iterator[Audio]:
        """The file from ``start`` on, equal to that part of the whole file resampled.

        To that end the resampler starts at least a filter length earlier, where a sample of the
        file and one of the device coincide.
        """
        common = gcd(self._file_rate, self._sample_rate)
        here, there = self._sample_rate // common, self._file_rate // common
        reach = 0 if here == there else ceil(FILTER_SAMPLES * max(1, here / there))
        periods = max(0, start - reach) // here
        at = periods * here
        for audio in self._resampled(periods * there, at):
            wanted = audio[:, max(0, start - at) :]
            at += audio.shape[1]
            if wanted.shape[1]:
                yield wanted

    def _resampled(self, first: int, at: int) -> Iterator[Audio]:
        """The file from its own sample ``first`` on, at the device's sample ``at``."""
        resampler = Resampler(self._file_rate, self._sample_rate, self._channels)
        for block in self._source.blocks(self._block, first):
            first += block.shape[1]
            audio = resampler.feed(with_channels(block, self._channels))
            at += audio.shape[1]
            yield audio
        left = -(-first * self._sample_rate // self._file_rate) - at
        while left > 0:
            rest = resampler.feed(np.zeros((self._channels, self._block), np.float32))[:, :left]
            left -= rest.shape[1]
            yield rest


def rise(n: int) -> Audio:
    """The ``n`` gains of a fade, up to 1; raised cosine.

    >>> rise(2)
    array([0.5, 1. ], dtype=float32)
    """
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(1, n + 1) / n)).astype(np.float32)


def _faded_at_damage(blocks: Iterator[Audio], fade: int) -> Iterator[Audio]:
    """``blocks``, with a fade out if a LivevoxError ends them."""
    held: Audio | None = None
    try:
        for block in blocks:
            if held is not None:
                yield held
            held = block
    except LivevoxError:
        if held is not None:
            n = min(fade, held.shape[1])
            yield np.concatenate([held[:, :-n], held[:, -n:] * (1 - rise(n))], axis=1)
        raise
    if held is not None:
        yield held
