"""The queue is changed while it plays: what is heard is gapless and in the order that it has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.playhead import FADE_SECONDS
from livevox.media.playlist import Piece, Playlist
from livevox.media.read_ahead import LEAD_SECONDS
from livevox.media.track import Loop
from livevox.media.transport import Transport

RATE = 44_100
PATIENCE = 20.0
ALL = 100
"""Above the numbers of all songs: none was added since."""
SECONDS = (1.0, 1.7, 0.9, 2.1, 1.3)


@pytest.fixture
def songs(tmp_path: Path) -> list[Audio]:
    """The content of 0.wav, 1.wav and so on."""
    content = []
    for n, seconds in enumerate(SECONDS):
        audio = np.random.default_rng(n).uniform(-0.8, 0.8, (2, round(seconds * RATE)))
        content.append(audio.astype(np.float32))
        soundfile.write(tmp_path / f"{n}.wav", content[-1].T, RATE, "FLOAT")
    return content


@pytest.fixture
def transport(tmp_path: Path, songs: list[Audio]) -> Iterator[Transport]:
    transport = Transport([tmp_path / f"{n}.wav" for n in range(len(songs))], RATE, 2)
    yield transport
    transport.close()


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def listen(transport: Transport, samples: int) -> Audio:
    parts = []
    while samples > 0:
        wait_until(lambda: transport.buffered > 0.3)
        parts.append(transport.read(min(samples, 441)))
        samples -= parts[-1].shape[1]
    return np.concatenate(parts, axis=1)


def numbers(transport: Transport) -> list[int]:
    return [queued.number for queued in transport.queue]


@pytest.mark.parametrize("seed", range(3))
def test_every_order_is_heard_without_a_gap(
    transport: Transport, songs: list[Audio], seed: int
) -> None:
    """In each song, some time before its end, the queue is put into another order; in every second
    one that is later than new audio can be decoded ahead."""
    rng = np.random.default_rng(seed)
    soonest, lead = round(2 * FADE_SECONDS * RATE), round(LEAD_SECONDS * RATE)
    transport.play()
    playing, heard_songs = 0, [0]
    for turn in range(8):
        song = songs[playing]
        left = rng.integers(soonest, lead) if turn % 2 else rng.integers(lead, song.shape[1])
        before = song.shape[1] - int(left)
        np.testing.assert_array_equal(listen(transport, before), song[:, :before])
        order = list(rng.permutation(len(songs)))
        if order[-1] == playing:
            order = [playing, *order[:-1]]
        transport.arrange(order, ALL)
        assert numbers(transport) == order
        assert transport.number == playing
        rest = song.shape[1] - before
        np.testing.assert_array_equal(listen(transport, rest), song[:, before:])
        playing = order[order.index(playing) + 1]
        assert (transport.number, transport.position) == (playing, 0)
        heard_songs.append(playing)
    assert transport.starved == 0
    assert len(set(heard_songs)) > 2


def test_a_song_that_is_not_open_in_time_follows_the_next(
    transport: Transport, songs: list[Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_time = Playlist.pieces

    def slow(playlist: Playlist, index: int, start: int, loop: Loop | None) -> Iterator[Piece]:
        if index == 3:
            # Meanwhile the next song begins.
            heard.append(transport.read(1000))
            monkeypatch.undo()
        return in_time(playlist, index, start, loop)

    transport.play()
    heard = [listen(transport, songs[0].shape[1] - 500)]
    monkeypatch.setattr(Playlist, "pieces", slow)
    transport.arrange([0, 3], ALL)
    wait_until(lambda: len(heard) == 2)
    rest = songs[1].shape[1] - 500 + songs[3].shape[1]
    heard.append(listen(transport, rest))
    whole = np.concatenate([songs[0], songs[1], songs[3]], axis=1)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), whole)
    transport.read(1)
    assert transport.ended


def test_a_song_becomes_the_last_one_shortly_before_its_end(
    transport: Transport, songs: list[Audio]
) -> None:
    transport.play()
    listen(transport, songs[0].shape[1] - 500)
    transport.arrange([1, 0], ALL)
    np.testing.assert_array_equal(listen(transport, 500), songs[0][:, -500:])
    transport.read(1)
    assert (transport.number, transport.ended) == (0, True)


def test_songs_are_added_at_the_end_also_after_it(
    tmp_path: Path, transport: Transport, songs: list[Audio]
) -> None:
    (tmp_path / "folder").mkdir()
    for name, n in (("10.wav", 1), ("9.wav", 2)):
        (tmp_path / f"{n}.wav").rename(tmp_path / "folder" / name)
    transport.arrange([0], ALL)
    transport.play()
    np.testing.assert_array_equal(listen(transport, 1000), songs[0][:, :1000])
    transport.add([tmp_path / "folder", tmp_path / "3.wav"])
    assert [queued.path.name for queued in transport.queue] == [
        *("0.wav", "9.wav", "10.wav", "3.wav"),
    ]
    rest = np.concatenate([songs[0][:, 1000:], songs[2], songs[1], songs[3]], axis=1)
    np.testing.assert_array_equal(listen(transport, rest.shape[1]), rest)
    transport.read(1)
    assert transport.ended
    # The same song once more, which is another one in the queue.
    transport.add([tmp_path / "3.wav"])
    wait_until(lambda: not transport.ended)
    assert len(set(numbers(transport))) == 5
    heard = transport.read(0)
    while not heard.any():
        heard = transport.read(441)
    begun = int(np.flatnonzero(heard[0])[0])
    heard = np.concatenate([heard[:, begun:], listen(transport, 10_000)], axis=1)
    np.testing.assert_array_equal(heard, songs[3][:, : heard.shape[1]])


def test_at_the_end_the_last_song_stays_the_current_one(
    transport: Transport, songs: list[Audio]
) -> None:
    transport.arrange([1, 2, 0], ALL)
    transport.play()
    np.testing.assert_array_equal(listen(transport, songs[0].shape[1]), songs[0])
    transport.read(1)
    assert transport.ended
    transport.arrange([2, 1, 0], ALL)
    wait_until(lambda: transport.buffered > 0)
    transport.read(441)
    assert (transport.number, transport.ended) == (0, True)
    transport.previous()
    assert transport.number == 1


def test_what_plays_may_leave_the_queue(tmp_path: Path, transport: Transport) -> None:
    transport.play()
    listen(transport, 5000)
    transport.arrange([4, 1], ALL)
    assert transport.number == 1
    transport.read(5000)
    transport.arrange([4], ALL)
    # It was the last one: the first is there, and waits.
    assert (transport.number, transport.position, transport.playing) == (4, 0, False)
    with pytest.raises(LivevoxError, match="empty"):
        transport.arrange([], ALL)
    with pytest.raises(LivevoxError, match="empty"):
        transport.arrange([0, 2], ALL)
    assert numbers(transport) == [4]
    # A song that was not there when the order was made stays.
    transport.add([tmp_path / "0.wav"])
    transport.arrange([], 4)
    assert numbers(transport) == [5]


def test_a_song_is_chosen_from_the_queue(transport: Transport, songs: list[Audio]) -> None:
    transport.arrange([3, 0, 2], ALL)
    transport.play_queued(2)
    assert transport.playing
    transport.pause()
    assert transport.number == 2
    transport.previous()
    assert transport.number == 0
    transport.next()
    assert transport.number == 2
    # Go there, which makes room for what is decoded next.
    transport.read(1)
    transport.play()
    np.testing.assert_array_equal(listen(transport, 5000), songs[2][:, :5000])
    with pytest.raises(LivevoxError, match="no longer in the queue"):
        transport.play_queued(1)
    assert transport.place_in_queue[1] == 2


def test_a_broken_song_is_skipped_and_reported(
    tmp_path: Path, transport: Transport, songs: list[Audio]
) -> None:
    (tmp_path / "broken.wav").write_text("no audio")
    with pytest.raises(LivevoxError, match=r"gone\.m3u"):
        transport.add([tmp_path / "2.wav", tmp_path / "gone.m3u"])
    assert len(transport.queue) == len(songs)
    transport.add([tmp_path / "broken.wav"])
    broken = len(songs)
    transport.arrange([0, broken, 1], ALL)
    transport.play()
    both = np.concatenate([songs[0], songs[1]], axis=1)
    np.testing.assert_array_equal(listen(transport, both.shape[1]), both)
    assert transport.error is not None
    assert "broken.wav" in transport.error
    problems = {queued.number: queued.problem for queued in transport.queue}
    assert problems == {0: None, broken: transport.error, 1: None}
    with pytest.raises(LivevoxError, match=r"broken\.wav"):
        transport.play_queued(broken)


def test_it_begins_where_it_is_asked_to(tmp_path: Path, songs: list[Audio]) -> None:
    paths = [tmp_path / f"{n}.wav" for n in range(len(songs))]
    for first, number in ((0, 0), (3, 3), (99, 0)):
        transport = Transport(paths, RATE, 2, first)
        assert transport.number == number
        transport.close()
