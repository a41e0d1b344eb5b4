"""The transform reconstructs perfectly and is the paper's front end without resampling."""

from __future__ import annotations

import numpy as np
import soxr

from livevox.dsp.fifo import Fifo
from livevox.dsp.griffin_lim import StreamingGriffinLim
from livevox.dsp.stft import BINS, HOP, Analysis, Audio, Synthesis, istft, network_input, stft


def test_reconstruction_is_perfect_for_any_blocks(song: Audio) -> None:
    np.testing.assert_allclose(istft(stft(song), song.shape[1]), song, atol=1e-6)
    rng = np.random.default_rng(0)
    analysis, synthesis = Analysis(2), Synthesis(2)
    edges = np.sort(rng.integers(0, song.shape[1], 300))
    parts = [synthesis.feed(analysis.feed(block)) for block in np.split(song, edges, axis=1)]
    out = np.concatenate(parts, axis=1)
    assert song.shape[1] - out.shape[1] < 2 * HOP
    np.testing.assert_allclose(out, song[:, : out.shape[1]], atol=1e-6)


def test_front_end_equals_the_papers_at_22050_hz(song: Audio) -> None:
    """Paper, section 3.1: mono, 22.05 kHz, 512 points, hop 256, log(1 + x)."""
    ours = network_input(stft(song))
    mono = soxr.resample(song.mean(axis=0), 44_100, 22_050, quality="VHQ")
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    padded = np.pad(mono, (256, 512))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 512)[::256]
    papers = np.log1p(np.abs(np.fft.rfft(windows * hann)))[: len(ours)]
    # The top 20 bins are in the resampler's roll-off.
    difference = (ours[: len(papers)] - papers)[:, :-20]
    assert np.sqrt(np.square(difference).mean()) < 0.002
    assert papers[:, :-20].std() > 0.1


def test_griffin_lim_on_a_stream_equals_the_whole(song: Audio) -> None:
    spectrum = stft(song)[:, :80] * np.linspace(1, 0, BINS, dtype=np.float32)
    silence = np.zeros((2, 4, BINS), np.complex64)
    whole = StreamingGriffinLim(2, 4).feed(np.concatenate([spectrum, silence], axis=1))
    stream = StreamingGriffinLim(2, 4)
    blocks = np.split(spectrum, [1, 2, 2, 9, 40, 77], axis=1)
    parts = np.concatenate([stream.feed(block) for block in [*blocks, silence]], axis=1)
    assert parts.shape == whole.shape == spectrum.shape
    np.testing.assert_allclose(parts, whole, atol=1e-3)


def test_griffin_lim_makes_a_spectrum_more_consistent(song: Audio) -> None:
    rng = np.random.default_rng(1)
    spectrum = stft(song)
    wrong = (np.abs(spectrum) * np.exp(2j * np.pi * rng.random(spectrum.shape))).astype(
        np.complex64
    )

    def inconsistency(frames: np.ndarray) -> float:
        heard = stft(istft(frames, song.shape[1]))[:, : frames.shape[1]]
        return float(
            np.square(np.abs(heard) - np.abs(frames)).sum() / np.square(np.abs(frames)).sum()
        )

    silence = np.zeros((2, 10, BINS), np.complex64)
    refined = StreamingGriffinLim(2, 10).feed(np.concatenate([wrong, silence], axis=1))
    np.testing.assert_allclose(np.abs(refined), np.abs(wrong), rtol=1e-3, atol=1e-3)
    assert inconsistency(refined) < 0.5 * inconsistency(wrong)


def test_queue_is_first_in_first_out() -> None:
    """Random operations give the same as on a plain array."""
    rng = np.random.default_rng(2)
    queue, expected = Fifo(2, 5), np.zeros((2, 5), np.float32)
    for _ in range(2000):
        block = rng.random((2, int(rng.integers(0, 900))), np.float32)
        queue.push(block)
        expected = np.concatenate([expected, block], axis=1)
        n = int(rng.integers(0, expected.shape[1] + 1))
        np.testing.assert_array_equal(queue.pop(n), expected[:, :n])
        expected = expected[:, n:]
        assert len(queue) == expected.shape[1]
