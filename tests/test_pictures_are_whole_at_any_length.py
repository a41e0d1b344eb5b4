"""PNG pictures of one frame, of seconds and of hours are complete, with nothing cut off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from livevox.activity import Interval
from livevox.dsp.stft import BINS, FRAME_RATE, NET_BINS, Audio
from livevox.report.picture import activity_picture, separation_picture

LONG_TITLE = "$a$ _very^ {long} " + "file-name-without-a-space" * 8


def curve(frames: int) -> Audio:
    """A probability that rises and falls with a period of 4 s."""
    return (0.5 - 0.5 * np.cos(np.arange(frames) / FRAME_RATE * np.pi / 2)).astype(np.float32)


def intervals(frames: int) -> list[Interval]:
    return [(t + 1.0, t + 3.0) for t in np.arange(0, frames / FRAME_RATE - 3, 4.0)]


def assert_whole(path: Path) -> None:
    """A PNG of a readable size, alone in its folder, with a white margin all around."""
    assert list(path.parent.iterdir()) == [path]
    pixels = imread(path, format="png")
    height, width = pixels.shape[:2]
    assert width > 1000
    assert height > 300
    for edge in (pixels[:2], pixels[-2:], pixels[:, :2], pixels[:, -2:]):
        assert (edge == 1).all()
    assert pixels[..., :3].std() > 0.1


@pytest.mark.parametrize("seconds", [0, 2, 20, 400])
def test_separation_picture(tmp_path: Path, seconds: int) -> None:
    frames = 1 + int(seconds * FRAME_RATE)
    rng = np.random.default_rng(0)
    level = rng.uniform(-60, 20, (frames, BINS)).astype(np.float32)
    mask = rng.random((frames, NET_BINS), np.float32)
    path = tmp_path / "picture.png"
    truth = intervals(frames) if seconds else None
    separation_picture(path, level, mask, curve(frames), truth, LONG_TITLE)
    assert_whole(path)


def test_silence_has_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    level = np.full((86, NET_BINS), -80, np.float32)
    mask = np.zeros((86, NET_BINS), np.float32)
    separation_picture(path, level, mask, np.zeros(86, np.float32), [], "silence")
    assert_whole(path)


@pytest.mark.parametrize("seconds", [0, 2, 75, 7200])
def test_activity_picture(tmp_path: Path, seconds: int) -> None:
    frames = 1 + int(seconds * FRAME_RATE)
    path = tmp_path / "activity.png"
    activity_picture(path, curve(frames), intervals(frames), 0.5, LONG_TITLE)
    assert_whole(path)


def test_a_moment_of_singing_shows_in_two_hours(tmp_path: Path) -> None:
    activity = np.zeros(int(7200 * FRAME_RATE), np.float32)
    quiet, moment = tmp_path / "quiet.png", tmp_path / "moment.png"
    activity_picture(quiet, activity, [], 0.5, "one frame")
    activity[len(activity) // 2] = 1
    activity_picture(moment, activity, [], 0.5, "one frame")
    differing = (imread(quiet) != imread(moment)).any(axis=2)
    assert differing.any(axis=1).sum() > 150, "the peak is drawn in full height"
