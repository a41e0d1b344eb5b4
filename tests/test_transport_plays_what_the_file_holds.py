"""Reading, seeking, looping and pausing give exactly the file's samples, without clicks."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.resample import Resampler
from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import open_audio
from livevox.media.overview import overview
from livevox.media.playhead import FADE_SECONDS
from livevox.media.read_ahead import LEAD_SECONDS
from livevox.media.sndfile import SEEK_EARLIER
from livevox.media.track import BLOCK_SECONDS, Track
from livevox.media.transport import BUFFER_SECONDS, MIN_LOOP_SECONDS, Transport

RATE = 44_100
FADE = round(FADE_SECONDS * RATE)
SIZES = (0, 1, 2, 64, 441, 512, 1021, 6000)
Open = Callable[..., Transport]
needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg writes what libsndfile does not read"
)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens transports, and closes them at the end."""
    transports: list[Transport] = []

    def make(path: Path, sample_rate: int = RATE, channels: int = 2) -> Transport:
        transports.append(Transport([path], sample_rate, channels))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()


def noise(seconds: float, channels: int = 2, rate: int = RATE, seed: int = 0) -> Audio:
    shape = (channels, round(seconds * rate))
    return np.random.default_rng(seed).uniform(-0.8, 0.8, shape).astype(np.float32)


def save(path: Path, audio: Audio, rate: int = RATE) -> Audio:
    """Write a file and return what is read of it, whole."""
    kind = path.suffix.lstrip(".")
    container, subtype = {
        "wav": ("WAV", "FLOAT"),
        "flac": ("FLAC", "PCM_24"),
        "ogg": ("OGG", "VORBIS"),
        "mp3": ("MP3", "MPEG_LAYER_III"),
    }[kind]
    with soundfile.SoundFile(path, "w", rate, len(audio), subtype, format=container) as file:
        for start in range(0, audio.shape[1], 8192):
            file.write(audio[:, start : start + 8192].T)
    with open_audio(path) as source:
        return np.concatenate(list(source.blocks(RATE)), axis=1)


def whole_resampled(audio: Audio, rate: int, to: int) -> Audio:
    resampler = Resampler(rate, to, len(audio))
    after = np.zeros((len(audio), 2 * max(rate, to)), np.float32)
    samples = -(-audio.shape[1] * to // rate)
    return np.concatenate([resampler.feed(audio), resampler.feed(after)], axis=1)[:, :samples]


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def listen(transport: Transport, samples: int) -> Audio:
    """Read so many samples in blocks of random sizes, no faster than the disk."""
    rng = np.random.default_rng(samples)
    parts: list[Audio] = []
    while samples > 0:
        wait_until(lambda: transport.buffered > 0.5)
        parts.append(transport.read(min(samples, int(rng.choice(SIZES)))))
        samples -= parts[-1].shape[1]
    return np.concatenate(parts, axis=1)


def arrive(transport: Transport) -> Audio:
    """Read until the last command has taken effect and the ring has enough samples."""
    parts = [transport.read(0)]
    end = time.monotonic() + 20
    start = transport.position
    while not transport.ended and (transport.buffered < 0.5 or transport.position == start):
        assert time.monotonic() < end, "waited in vain"
        parts.append(transport.read(64))
        time.sleep(0.001)
    return np.concatenate(parts, axis=1)


def at(transport: Transport, rate: int = RATE) -> int:
    """The position in samples, exact to float precision."""
    assert transport.position * rate == pytest.approx(round(transport.position * rate), abs=1e-6)
    return round(transport.position * rate)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_every_sample_is_the_files_for_reads_of_any_size(
    tmp_path: Path, opened: Open, suffix: str
) -> None:
    audio = save(tmp_path / f"music.{suffix}", noise(BUFFER_SECONDS + 2))
    transport = opened(tmp_path / f"music.{suffix}")
    assert not transport.playing
    assert not transport.read(100).any()
    assert transport.position == 0
    transport.play()
    heard = listen(transport, audio.shape[1])
    np.testing.assert_array_equal(heard, audio)
    assert at(transport) == audio.shape[1]
    assert transport.duration == audio.shape[1] / RATE
    assert transport.ended
    assert not transport.playing
    assert not transport.read(1000).any()
    assert transport.starved == 0
    assert transport.error is None
    transport.play()
    assert transport.position == 0
    heard = arrive(transport)
    begun = at(transport)
    np.testing.assert_array_equal(heard[:, -begun:], audio[:, :begun])
    assert not heard[:, :-begun].any()


@pytest.mark.parametrize(
    ("rate", "to"), [(44_100, 48_000), (48_000, 44_100), (8_000, 44_100), (22_050, 16_000)]
)
def test_other_rates_give_what_resampling_the_whole_file_gives(
    tmp_path: Path, opened: Open, rate: int, to: int
) -> None:
    audio = whole_resampled(save(tmp_path / "music.wav", noise(5.3, 2, rate), rate), rate, to)
    transport = opened(tmp_path / "music.wav", to)
    transport.play()
    np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)
    assert transport.ended
    rng = np.random.default_rng(to)
    fade = round(FADE_SECONDS * to)
    for target in rng.integers(1, audio.shape[1] - to, 8):
        transport.seek(target / to)
        assert at(transport, to) == target
        heard = arrive(transport)
        begun = at(transport, to) - target
        heard = np.concatenate([heard[:, -begun:], listen(transport, to // 4)], axis=1)
        expected = audio[:, target : target + heard.shape[1]]
        np.testing.assert_allclose(heard[:, fade:], expected[:, fade:], atol=2e-5)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_after_a_seek_the_file_goes_on_from_there(
    tmp_path: Path, opened: Open, suffix: str
) -> None:
    audio = save(tmp_path / f"music.{suffix}", noise(8))
    transport = opened(tmp_path / f"music.{suffix}")
    transport.play()
    listen(transport, 10_000)
    rng = np.random.default_rng(3)
    far = rng.integers(1, audio.shape[1], 12)
    near = far[-1] // 2 + rng.integers(0, 20_000, 8)
    for target in (*far, *near, audio.shape[1] - 500, 1):
        transport.seek(target / RATE)
        assert at(transport) == target
        heard = arrive(transport)
        begun = at(transport) - target
        heard = np.concatenate([heard[:, -begun:], listen(transport, 3000)], axis=1)
        expected = audio[:, target : target + heard.shape[1]]
        heard = heard[:, : expected.shape[1]]
        np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])
    transport.seek(-3)
    assert transport.position == 0
    transport.seek(1e9)
    assert transport.position == transport.duration
    arrive(transport)
    assert transport.ended


def test_seeks_to_shortly_after_where_the_last_one_ended_are_exact(tmp_path: Path) -> None:
    """libsndfile seeks wrongly in Vorbis files with alternating soft and hard sounds."""
    hard = np.sin(30 * np.arange(8 * RATE) / RATE) > 0
    audio = save(tmp_path / "music.ogg", sine(8) + noise(8) * np.float32(0.1) * hard)
    track = Track(tmp_path / "music.ogg", RATE, 2, FADE)
    rng = np.random.default_rng(2)
    end = 0
    for _ in range(30):
        start = end + SEEK_EARLIER + int(rng.integers(0, 3000))
        start = start if start < 7 * RATE else int(rng.integers(0, 3 * RATE))
        place, block = next(track.play(start, None))
        end = start + block.shape[1] + round(BLOCK_SECONDS * RATE)
        assert place == start
        np.testing.assert_array_equal(block, audio[:, start : start + block.shape[1]])
    track.close()


def test_a_pause_keeps_the_place(tmp_path: Path, opened: Open) -> None:
    audio = save(tmp_path / "music.wav", noise(3))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    for _ in range(5):
        listen(transport, 5000)
        start = at(transport)
        transport.pause()
        heard = transport.read(1000)
        np.testing.assert_array_equal(
            np.abs(heard[:, :FADE]) <= np.abs(audio[:, start : start + FADE]), True
        )
        assert not heard[:, FADE:].any()
        assert at(transport) == start + FADE
        transport.play()
        heard = transport.read(1000)
        expected = audio[:, start + FADE : start + FADE + 1000]
        np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])
        assert np.abs(heard[:, 0] - expected[:, 0]).max() > 0.01


def unrolled(start: int, samples: int, loop: tuple[int, int] | None) -> np.ndarray:
    """The samples of the file that follow ``start``."""
    straight = start + np.arange(samples)
    if loop is None:
        return straight
    first, last = loop
    return np.where(straight < last, straight, first + (straight - last) % (last - first))


def assert_follows(
    heard: Audio, audio: Audio, start: int, loop: tuple[int, int] | None, fade: int
) -> None:
    """Check that ``heard`` is the file from ``start`` on, with cross-fades at the loop's end."""
    place = unrolled(start, heard.shape[1], loop)
    first, last = loop or (0, 10**9)
    joint = (place >= last - fade) & (place < last)
    np.testing.assert_allclose(heard[:, ~joint], audio[:, place[~joint]], atol=2e-5)
    before = np.pad(audio, ((0, 0), (fade, 0)))[:, place[joint] - (last - first) + fade]
    weight = np.sin(np.pi / 2 * (place[joint] - (last - fade) + 1) / fade) ** 2
    expected = (1 - weight) * audio[:, place[joint]] + weight * before
    np.testing.assert_allclose(heard[:, joint], expected, atol=5e-5)


@pytest.mark.parametrize("to", [44_100, 48_000])
def test_loops_are_exact_to_the_sample_and_come_and_go_without_a_gap(
    tmp_path: Path, opened: Open, to: int
) -> None:
    audio = whole_resampled(save(tmp_path / "music.wav", noise(20)), RATE, to)
    fade = round(FADE_SECONDS * to)
    transport = opened(tmp_path / "music.wav", to)
    transport.play()
    listen(transport, to)
    rng = np.random.default_rng(to)
    loop: tuple[int, int] | None = None
    for _ in range(25):
        place = at(transport, to)
        if loop is None or loop[1] - place > 0.5 * to:
            loop = None
            if rng.random() < 0.7 or place > 12 * to:
                begin = rng.uniform(0.01, place / to - 0.01)
                end = place / to + rng.uniform(0.5, 3)
                loop = round(begin * to), round(end * to)
                transport.loop(begin, end)
            else:
                transport.loop(None)
            assert transport.looped == (loop and (loop[0] / to, loop[1] / to))
        heard = listen(transport, int(rng.uniform(0.25, 1.5) * to))
        assert_follows(heard, audio, place, loop, fade)
        assert at(transport, to) == unrolled(place, heard.shape[1] + 1, loop)[-1]
    assert transport.starved == 0


def test_a_loop_repeats_with_its_period_and_is_entered_at_its_start_from_outside(
    tmp_path: Path, opened: Open
) -> None:
    audio = save(tmp_path / "music.flac", noise(6))
    transport = opened(tmp_path / "music.flac")
    transport.play()
    spans = ((2.0, 2.0 + MIN_LOOP_SECONDS), (0.0, 1.234), (5.0, 6.0))
    for first, last in ((round(a * RATE), round(b * RATE)) for a, b in spans):
        listen(transport, 1000)
        transport.loop(first / RATE, last / RATE)
        assert at(transport) == first
        heard = arrive(transport)
        heard = heard[:, first - at(transport) :]
        heard = np.concatenate([heard, listen(transport, 3 * RATE)], axis=1)
        assert_follows(heard[:, FADE:], audio, first + FADE, (first, last), FADE)
        later = heard[:, FADE + last - first :]
        np.testing.assert_array_equal(heard[:, FADE:][:, : later.shape[1]], later)
        transport.seek(3.0)
        arrive(transport)


def test_a_loop_that_is_ended_while_it_cross_fades_goes_round_once_more(
    tmp_path: Path, opened: Open
) -> None:
    audio = save(tmp_path / "music.wav", noise(6))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    loop = RATE, 3 * RATE
    transport.loop(1, 3)
    arrive(transport)
    lead = round(LEAD_SECONDS * RATE)
    for inside in (1, FADE // 2, FADE - 1):
        listen(transport, loop[1] - FADE + inside - lead - at(transport))
        place = at(transport)
        transport.loop(None)
        heard = listen(transport, loop[1] - place)
        assert_follows(heard, audio, place, loop, FADE)
        assert at(transport) == loop[0]
        np.testing.assert_array_equal(listen(transport, RATE), audio[:, RATE : 2 * RATE])
        transport.loop(1, 3)
        listen(transport, RATE // 2)


def sine(seconds: float, hertz: float = 110) -> Audio:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, -wave]).astype(np.float32)


STEEPEST = 0.5 * 2 * np.pi * 110 / RATE + np.pi / 2 / FADE
"""Bound for the sine above plus a cross-fade from one extreme to the other."""


def test_nothing_clicks_whatever_is_commanded_while_it_plays(tmp_path: Path, opened: Open) -> None:
    save(tmp_path / "a.wav", sine(4))
    save(tmp_path / "b.flac", sine(3))
    transport = opened(tmp_path)
    rng = np.random.default_rng(5)
    commands: list[Callable[[], None]] = [
        transport.play,
        transport.play,
        transport.pause,
        transport.next,
        transport.previous,
        lambda: transport.seek(rng.uniform(0, 4)),
        lambda: transport.seek(rng.uniform(0, 4)),
        lambda: transport.loop(start := rng.uniform(0, 2.8), start + rng.uniform(0.11, 1)),
        lambda: transport.loop(start := rng.uniform(0, 2.8), start + rng.uniform(0.11, 1)),
        lambda: transport.loop(None),
    ]
    over = threading.Event()
    failures: list[BaseException] = []

    def command() -> None:
        try:
            while not over.wait(rng.exponential(0.01)):
                commands[rng.integers(len(commands))]()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=command)
    thread.start()
    parts = []
    for k in range(800):
        # Sometimes more than the ring holds, so that it runs empty.
        parts.append(transport.read(300 if k % 100 else round(3 * BUFFER_SECONDS * RATE)))
        time.sleep(0.001)
    over.set()
    thread.join()
    assert not failures
    assert transport.error is None
    assert transport.starved > 0
    heard = np.concatenate(parts, axis=1)
    assert np.count_nonzero(heard[0]) > RATE
    assert np.abs(np.diff(heard, axis=1)).max() <= STEEPEST


def test_a_jump_just_before_the_end_does_not_click(tmp_path: Path, opened: Open) -> None:
    music = sine(1)
    save(tmp_path / "music.wav", music)
    transport = opened(tmp_path / "music.wav")
    transport.play()
    wait_until(lambda: transport.buffered == np.inf)
    before = transport.read(music.shape[1] - FADE // 2)
    transport.seek(0.3034)
    wait_until(lambda: transport.buffered > 0.3)
    heard = np.concatenate([before, transport.read(RATE // 10)], axis=1)
    assert np.abs(np.diff(heard, axis=1)).max() <= STEEPEST


def test_a_ring_that_runs_dry_is_counted_and_loses_nothing(tmp_path: Path, opened: Open) -> None:
    audio = save(tmp_path / "music.wav", noise(12))
    transport = opened(tmp_path / "music.wav")
    transport.play()
    listen(transport, 10_000)
    start, asked = at(transport), round(6 * RATE)
    heard = transport.read(asked)
    played = at(transport) - start
    assert 0 < played < asked
    assert transport.starved == asked - played
    np.testing.assert_array_equal(
        heard[:, : played - FADE], audio[:, start : start + played - FADE]
    )
    assert not heard[:, played:].any()
    start, starved = at(transport), transport.starved
    heard = arrive(transport)
    begun = at(transport) - start
    assert transport.starved == starved + heard.shape[1] - begun
    heard = np.concatenate([heard[:, -begun:], listen(transport, 10_000)], axis=1)
    expected = audio[:, start : start + heard.shape[1]]
    np.testing.assert_array_equal(heard[:, FADE:], expected[:, FADE:])


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


def test_damaged_files_are_reported_and_the_next_one_plays(tmp_path: Path, opened: Open) -> None:
    first = save(tmp_path / "1.wav", noise(1))
    cut = save(tmp_path / "2.flac", noise(2))
    (tmp_path / "0.wav").write_text("no audio")
    (tmp_path / "3.wav").write_text("no audio")
    last = save(tmp_path / "4.wav", noise(1, seed=4))
    data = (tmp_path / "2.flac").read_bytes()
    (tmp_path / "2.flac").write_bytes(data[: len(data) // 2])
    transport = opened(tmp_path)
    assert transport.path.name == "1.wav"
    assert transport.error is not None
    assert "0.wav" in transport.error
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
    assert "3.wav" in transport.error
    assert "\n" not in transport.error
    np.testing.assert_array_equal(listen(transport, last.shape[1]), last)
    transport.previous()
    arrive(transport)
    assert transport.path.name == "2.flac"


def test_channels_are_added_dropped_or_mixed_to_the_number_asked_for(
    tmp_path: Path, opened: Open
) -> None:
    files = {n: save(tmp_path / f"{n}.wav", noise(0.1, n, seed=n)) for n in (1, 2, 4)}
    nothing = np.zeros_like(files[1])
    expected = {
        (1, 3): np.concatenate([files[1]] * 3),
        (2, 1): files[2].mean(axis=0, keepdims=True),
        (4, 1): files[4][:2].mean(axis=0, keepdims=True),
        (4, 2): files[4][:2],
        (2, 3): np.concatenate([files[2], nothing]),
    }
    for (has, wants), audio in expected.items():
        transport = opened(tmp_path / f"{has}.wav", RATE, wants)
        transport.play()
        np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)


@needs_ffmpeg
def test_files_that_only_ffmpeg_reads_play_and_seek(tmp_path: Path, opened: Open) -> None:
    save(tmp_path / "music.wav", noise(3))
    codec = ["-c:a", "alac", "-sample_fmt", "s16p"]
    command = ["ffmpeg", "-v", "error", "-i", str(tmp_path / "music.wav"), *codec]
    subprocess.run([*command, str(tmp_path / "music.m4a")], check=True)
    with open_audio(tmp_path / "music.m4a") as source:
        (audio,) = source.blocks(10 * RATE)
    transport = opened(tmp_path / "music.m4a")
    transport.play()
    np.testing.assert_array_equal(listen(transport, audio.shape[1]), audio)
    transport.seek(1.5)
    heard = arrive(transport)
    begun = at(transport) - round(1.5 * RATE)
    expected = audio[:, round(1.5 * RATE) :][:, FADE:begun]
    np.testing.assert_array_equal(heard[:, -begun:][:, FADE:], expected)


def bytes_read() -> int:
    """By this process, from files and pipes."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(dict(line.split(": ") for line in lines)["rchar"])


@needs_ffmpeg
def test_hours_of_m4a_play_and_seek_without_being_decoded_first(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    save(tmp_path / "minute.wav", noise(60, 1, 16_000), 16_000)
    for arguments in (
        ["-i", "minute.wav", "-b:a", "32k", "minute.m4a"],
        ["-stream_loop", "119", "-i", "minute.m4a", "-c", "copy", "hours.m4a"],
    ):
        subprocess.run(["ffmpeg", "-v", "error", *arguments], cwd=tmp_path, check=True)
    size, before = (tmp_path / "hours.m4a").stat().st_size, bytes_read()
    transport = opened(tmp_path / "hours.m4a")
    transport.play()
    for seconds in (0.0, 3600.0, 7100.0):
        transport.seek(seconds)
        wait_until(lambda: transport.buffered > 1)
        assert np.abs(transport.read(RATE // 2)).max() > 0.1
        assert transport.position == pytest.approx(seconds + 0.5, abs=0.1)
    assert transport.duration == pytest.approx(7200, abs=10)
    assert bytes_read() - before < size / 2
    assert not list(scratch.iterdir())


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


@pytest.mark.parametrize("columns", [1, 7, 1000, 5000, 123_456])
def test_the_overview_holds_the_extremes_of_every_stretch(tmp_path: Path, columns: int) -> None:
    audio = noise(1.6, 2, 44_100, 9)
    audio[1, 1234], audio[0, 70_000] = -1, np.nan
    save(tmp_path / "music.wav", audio)
    audio[0, 70_000] = 0
    seen = overview(tmp_path / "music.wav", columns)
    assert (seen.shape, seen.dtype) == ((columns, 2), np.float32)
    samples = audio.shape[1]
    column_of = np.arange(samples) * columns // samples
    for column in np.random.default_rng(1).integers(0, columns, 50):
        inside = np.flatnonzero(column_of == column)
        if columns > samples:
            inside = np.array([column * samples // columns])
        assert tuple(seen[column]) == (audio[:, inside].min(), audio[:, inside].max())
