"""The result does not depend on the sizes of blocks and windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from livevox import Model, StreamingSeparator, separate
from livevox.dsp.stft import Audio, network_input, stft
from livevox.network.windowed import WindowedMasker
from livevox.separator import joined, separate_blocks

BLOCKS: dict[str, Callable[[np.random.Generator], int]] = {
    "1": lambda rng: 1,
    "2": lambda rng: 2,
    "509": lambda rng: 509,
    "512": lambda rng: 512,
    "1021": lambda rng: 1021,
    "4096": lambda rng: 4096,
    "random with empty ones": lambda rng: int(rng.integers(0, 3000)) * int(rng.integers(0, 2)),
    "longer than the file": lambda rng: 10**6,
}


def cut(audio: Audio, size: Callable[[np.random.Generator], int]) -> Iterator[Audio]:
    rng = np.random.default_rng(3)
    start = 0
    while start < audio.shape[1]:
        n = size(rng)
        yield audio[:, start : start + n]
        start += n


@pytest.mark.parametrize("size", BLOCKS)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_blocks_of_any_size_give_what_the_whole_gives(
    model: Model, song: Audio, size: str, rate: int
) -> None:
    # A block of one sample takes as long as one of a hop. The short audio has such blocks at every
    # position within a hop, and within the network's step of 16 hops.
    audio = song[:, : 12_123 if size in ("1", "2") else 44_100 + 123]
    whole = separate(audio, rate, model)
    stream = StreamingSeparator(model, rate)
    parts = joined(separate_blocks(cut(audio, BLOCKS[size]), stream))
    for name in ("vocals", "accompaniment", "activity", "mask"):
        got, expected = getattr(parts, name), getattr(whole, name)
        assert got.shape == expected.shape, name
        np.testing.assert_allclose(got, expected, atol=1e-5, err_msg=name)


def test_every_feed_returns_as_many_samples_as_it_took(model: Model, song: Audio) -> None:
    for rate in (8_000, 22_050, 44_100, 48_000, 88_200):
        stream = StreamingSeparator(model, rate)
        for block in cut(song[:, :20_000], BLOCKS["random with empty ones"]):
            assert stream.feed(block).vocals.shape == block.shape
        assert stream.flush().vocals.shape[1] == stream.latency


def test_a_flushed_or_reset_stream_starts_anew(model: Model, song: Audio) -> None:
    stream = StreamingSeparator(model)
    block = song[:, :9_000]
    first = stream.feed(block)
    stream.flush()
    second = stream.feed(block)
    stream.reset()
    third = stream.feed(block)
    np.testing.assert_array_equal(first.vocals, second.vocals)
    np.testing.assert_array_equal(first.vocals, third.vocals)


def test_window_length_does_not_change_the_mask(
    model: Model, song: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = network_input(stft(song))
    masks = []
    for longest in (16, 112, 640):
        monkeypatch.setattr("livevox.network.windowed.LONGEST_OUTPUT", longest)
        masks.append(WindowedMasker(model.info.geometry, model.run).feed(frames)[0])
    np.testing.assert_allclose(masks[0], masks[2], atol=1e-5)
    np.testing.assert_allclose(masks[1], masks[2], atol=1e-5)
