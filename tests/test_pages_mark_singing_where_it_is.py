"""Delayed activity frames are marked at their own positions in the file."""

from __future__ import annotations

import numpy as np
import pytest

from gui.model.singing_map import MARKS_PER_SECOND, UNKNOWN, SingingMap
from livevox.dsp.stft import FRAME_RATE
from livevox.live.heard_place import HeardPlace, Places
from livevox.live.telemetry import Place

SECONDS = 20.0
REPORT_FRAMES = 9
"""About as often as the engine reports the position."""


def sung(second: float) -> bool:
    """The file's content: two seconds of singing, two without, and so on."""
    return int(second // 2) % 2 == 1


def play(
    singing: SingingMap, seeks: dict[int, float], frames: int, late: int, report_every: int
) -> set[int]:
    """Play ``frames`` frames from 0 s on, with a seek at some of them; activity arrives ``late``
    frames later. Returns the marks whose whole span was played."""
    played = np.zeros(int(SECONDS * MARKS_PER_SECOND * 10), bool)
    place, activity = 0.0, []
    for frame in range(frames):
        place = seeks.get(frame, place)
        if frame % report_every == 0:
            singing.report(Place(frame, place))
        activity.append(float(sung(place)))
        played[int(place * MARKS_PER_SECOND * 10)] = True
        place += 1 / FRAME_RATE
        if frame >= late:
            singing.add(frame - late, np.array([activity[frame - late]], np.float32))
    whole = played.reshape(-1, 10).any(axis=1)
    return set(np.flatnonzero(whole).tolist())


@pytest.mark.parametrize("late", [4, 63])
def test_marks_are_where_the_file_is_sung(late: int) -> None:
    singing = SingingMap()
    singing.begin(SECONDS)
    seeks = {200: 12.0, 430: 3.3, 700: 9.01}
    played = play(singing, seeks, 900, late, REPORT_FRAMES)

    known = np.flatnonzero(singing.marks != UNKNOWN)
    truth = np.array([sung((mark + 0.5) / MARKS_PER_SECOND) for mark in known])
    # A mark at a boundary has frames with and without singing.
    border = np.isin(known % (2 * MARKS_PER_SECOND), (0, 2 * MARKS_PER_SECOND - 1))
    assert np.array_equal((singing.marks[known] > 0.5)[~border], truth[~border])
    assert set(known.tolist()) <= played
    # Few marks are missing around the seeks and at the end, where frames are not known yet.
    lost = (len(seeks) * 2 * REPORT_FRAMES + late + REPORT_FRAMES) / FRAME_RATE * MARKS_PER_SECOND
    assert len(known) >= len(played) - lost - 2 * len(seeks)


def test_the_heard_place_follows_the_reports() -> None:
    places = Places()
    for frame in range(0, 100, 10):
        places.report(Place(frame, 5 + frame / FRAME_RATE))
    places.report(Place(100, 15.0))
    for frame in range(110, 200, 10):
        places.report(Place(frame, 15.0 + (frame - 100) / FRAME_RATE))
    for frame in (0, 33.3, 90):
        assert places.at(frame) == pytest.approx(5 + frame / FRAME_RATE)
    assert places.at(95) is None
    assert places.at(195) == pytest.approx(15.0 + 95 / FRAME_RATE)
    # The engine counts its frames from 0 again.
    places.report(Place(0, 3.0))
    assert places.at(95) is None


def test_the_heard_place_follows_the_tempo() -> None:
    places = Places()
    for frame in range(0, 100, 10):
        places.report(Place(frame, 5 + 0.5 * frame / FRAME_RATE, 0.5))
    for frame in range(100, 200, 10):
        places.report(Place(frame, 5 + (50 + 1.25 * (frame - 100)) / FRAME_RATE, 1.25))
    for frame in (0, 33.3, 90):
        assert places.at(frame) == pytest.approx(5 + 0.5 * frame / FRAME_RATE)
    # Between these reports the tempo changed.
    assert places.at(95) is None
    for frame in (100, 133.3, 195):
        assert places.at(frame) == pytest.approx(5 + (50 + 1.25 * (frame - 100)) / FRAME_RATE)


def test_the_heard_second_is_steady_while_looks_and_reports_come_at_any_time() -> None:
    """Reports come ten times a second, looks sixty times, the sound is heard 5 frames late."""
    heard, rng = HeardPlace(), np.random.default_rng(1)
    frame = second = 0.0
    for look in np.cumsum(rng.uniform(0.5, 2, 400)):
        if look - frame > REPORT_FRAMES:
            frame, second = look, 7 + look / FRAME_RATE
        place = heard.look(look - 5, Place(frame, second), True)
        if look > 3 * REPORT_FRAMES:
            assert place == pytest.approx(7 + (look - 5) / FRAME_RATE, abs=1e-6)
    # After a seek the new place counts at once, and a pause stays where it is.
    assert heard.look(look - 5, Place(look, 100.0), True) == pytest.approx(
        100, abs=5.1 / FRAME_RATE
    )
    for later in range(1, 60):
        place = heard.look(look + later - 5, Place(look + later, 100.0), False)
    assert place == 100.0


def test_a_new_count_of_frames_keeps_the_marks_and_forgets_the_places() -> None:
    singing = SingingMap()
    singing.begin(SECONDS)
    play(singing, {}, 200, 4, REPORT_FRAMES)
    before = singing.marks.copy()
    singing.restart()
    singing.add(0, np.ones(50, np.float32))
    assert np.array_equal(singing.marks, before)
