"""Folders and playlists are one stream in their order; what can't be played is reported."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livevox.errors import LivevoxError
from livevox.media.overview import overview
from livevox.media.transport import Transport
from tests.transports import (
    FADE,
    RATE,
    Open,
    arrive,
    at,
    listen,
    noise,
    save,
    whole_resampled,
)


def test_a_folder_is_one_stream_in_the_order_of_names(tmp_path: Path, opened: Open) -> None:
    rates = {"b.flac": 44_100, "a.wav": 44_100, "d.wav": 22_050, "c.MP3": 44_100}
    music = {}
    for seed, (name, rate) in enumerate(rates.items()):
        audio = save(tmp_path / name.lower(), noise(1 + seed / 7, 2, rate, seed), rate)
        (tmp_path / name.lower()).rename(tmp_path / name)
        music[name] = whole_resampled(audio, rate, RATE)
    (tmp_path / "cover.jpg").write_bytes(b"no music")
    (tmp_path / ".hidden.wav").write_bytes(b"no music")
    (tmp_path / "folder.wav").mkdir()
    transport = opened(tmp_path)
    transport.play()
    for name in sorted(rates):
        audio = music[name]
        for part in np.array_split(np.arange(audio.shape[1]), 3):
            assert (transport.path.name, at(transport)) == (name, part[0])
            assert transport.duration == pytest.approx(audio.shape[1] / RATE, abs=1 / RATE)
            np.testing.assert_array_equal(listen(transport, len(part)), audio[:, part])
    assert transport.ended
    assert transport.path.name == "d.wav"

    transport.loop(0.1, 0.5)
    for _ in range(5):
        transport.previous()
    assert (transport.path.name, transport.position, transport.looped) == ("a.wav", 0, None)
    transport.next()
    transport.seek(0.5)
    heard = arrive(transport)
    assert transport.path.name == "b.flac"
    begun = at(transport) - RATE // 2
    expected = music["b.flac"][:, RATE // 2 :][:, FADE:begun]
    np.testing.assert_array_equal(heard[:, -begun:][:, FADE:], expected)
    for _ in range(5):
        transport.next()
    assert transport.path.name == "d.wav"
    assert not transport.ended


def test_queues_are_in_the_order_that_people_keep_them_in(tmp_path: Path, opened: Open) -> None:
    names = ["1 intro.wav", "2 Verse.wav", "2 verse.wav", "10 end.wav", "A.wav", "b.wav", "C.wav"]
    for name in reversed(names):
        save(tmp_path / name, noise(0.1))
    transport = opened(tmp_path)
    played = [transport.path.name]
    for _ in names[1:]:
        transport.next()
        played.append(transport.path.name)
    assert played == names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_playlist_plays_its_files_in_its_order(
    tmp_path: Path, opened: Open, encoding: str, newline: str
) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "lists").mkdir()
    files = ["b.wav", "Süße Träume.wav", "a#1.wav", "b.wav"]
    music = {name: save(tmp_path / "songs" / name, noise(0.3, seed=len(name))) for name in files}
    lines = [
        *("#EXTM3U", "", "#EXTINF:1,Beat", "../songs/b.wav", "gone.wav"),
        *("..\\songs\\Süße Träume.wav", f"  {tmp_path}/songs/a#1.wav  ", "http://radio/one.mp3"),
        (tmp_path / "songs" / "b.wav").as_uri(),
    ]
    playlist = tmp_path / "lists" / "Süß.M3U"
    playlist.write_bytes(newline.join(lines).encode(encoding))
    transport = opened(playlist)
    left_out = "Süß.M3U names what is not there, which is left out: gone.wav, http://radio/one.mp3"
    assert transport.error == left_out
    transport.play()
    for name in files:
        assert transport.path.name == name
        np.testing.assert_array_equal(listen(transport, music[name].shape[1]), music[name])
    assert transport.ended


def test_a_playlist_finds_names_that_are_not_text(tmp_path: Path, opened: Open) -> None:
    raw = b"na\xefve.wav"
    save(tmp_path / "1.wav", noise(0.1))
    (tmp_path / "1.wav").rename(tmp_path / os.fsdecode(raw))
    (tmp_path / "list.m3u").write_bytes(raw)
    assert os.fsencode(opened(tmp_path / "list.m3u").path.name) == raw


def test_a_damaged_first_file_is_reported_and_the_next_one_opens(
    tmp_path: Path, opened: Open
) -> None:
    save(tmp_path / "1.wav", noise(1))
    (tmp_path / "0.wav").write_text("no audio")
    transport = opened(tmp_path)
    assert transport.path.name == "1.wav"
    assert transport.error is not None
    assert "0.wav" in transport.error


def test_damaged_files_are_reported_and_the_next_one_plays(tmp_path: Path, opened: Open) -> None:
    first = save(tmp_path / "1.wav", noise(1))
    cut = save(tmp_path / "2.flac", noise(2))
    (tmp_path / "3.wav").write_text("no audio")
    last = save(tmp_path / "4.wav", noise(1, seed=4))
    data = (tmp_path / "2.flac").read_bytes()
    (tmp_path / "2.flac").write_bytes(data[: len(data) // 2])
    transport = opened(tmp_path)
    transport.play()
    np.testing.assert_array_equal(listen(transport, first.shape[1]), first)
    assert transport.path.name == "2.flac"
    heard = listen(transport, cut.shape[1] * 2 // 5)
    np.testing.assert_array_equal(heard, cut[:, : heard.shape[1]])
    tail = listen(transport, 1)
    while transport.path.name == "2.flac":
        tail = np.concatenate([tail, listen(transport, 1)], axis=1)
    intact = cut[:, heard.shape[1] : heard.shape[1] + tail.shape[1]]
    np.testing.assert_array_equal(tail[:, :-FADE], intact[:, :-FADE])
    assert not tail[:, -1].any()
    assert (transport.path.name, transport.position) == ("4.wav", 0)
    assert transport.error is not None
    assert "3.wav" in transport.error
    assert "\n" not in transport.error
    np.testing.assert_array_equal(listen(transport, last.shape[1]), last)
    transport.previous()
    arrive(transport)
    assert transport.path.name == "2.flac"


def test_unplayable_files_are_refused_in_one_line(tmp_path: Path, opened: Open) -> None:
    save(tmp_path / "music.wav", noise(1))
    save(tmp_path / "slow.wav", noise(1, rate=2000), 2000)
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "1.wav").write_text("no audio")
    (tmp_path / "empty").mkdir()
    (tmp_path / "nothing.m3u").write_text("#EXTM3U\n")
    (tmp_path / "stale.m3u8").write_text("".join(f"{n}.wav\n" for n in range(5)))
    transport = opened(tmp_path / "music.wav")
    refused: list[tuple[str, Callable[[], object]]] = [
        ("missing.wav", lambda: Transport([tmp_path / "missing.wav"], RATE, 2)),
        ("empty", lambda: Transport([tmp_path / "empty"], RATE, 2)),
        ("gone.m3u", lambda: Transport([tmp_path / "gone.m3u"], RATE, 2)),
        ("names no files", lambda: Transport([tmp_path / "nothing.m3u"], RATE, 2)),
        ("0.wav, 1.wav, 2.wav and 2 more", lambda: Transport([tmp_path / "stale.m3u8"], RATE, 2)),
        ("1.wav", lambda: Transport([tmp_path / "damaged"], RATE, 2)),
        ("2000", lambda: Transport([tmp_path / "slow.wav"], RATE, 2)),
        ("NaN", lambda: transport.seek(np.nan)),
        ("0.5 to 0.55", lambda: transport.loop(0.5, 0.55)),
        ("0.95 to 1 s", lambda: transport.loop(0.95)),
        ("nan", lambda: transport.loop(np.nan, 0.5)),
        ("nan", lambda: transport.loop(0.1, np.nan)),
        ("0 columns", lambda: overview(tmp_path / "music.wav", 0)),
        ("missing.wav", lambda: overview(tmp_path / "missing.wav", 9)),
    ]
    for said, command in refused:
        with pytest.raises(LivevoxError) as error:
            command()
        assert said in str(error.value)
        assert "\n" not in str(error.value)
