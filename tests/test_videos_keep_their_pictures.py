"""Videos give the sound of their usual track, in time with the pictures, and take another."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.media.files import open_audio
from tests.audio_files import RATE, lag, needs_ffmpeg, sound, write
from tests.commands import assert_refused, livevox

SECONDS = 3.0
LATE = 0.5
"""By how much the sound begins after the pictures."""
OTHER = np.float32(0.3)
"""The first track's level."""
KINDS = {
    "a.mp4": "-c:v libx264 -bf 2 -c:a aac",
    "a.mov": "-c:v libx264 -c:a pcm_s16le",
    "a.mkv": "-c:v libx264 -bf 2 -c:a flac",
    "a.webm": "-c:v libvpx -c:a libopus",
    "a.ts": "-c:v mpeg2video -c:a ac3",
}
pytestmark = needs_ffmpeg


def ffmpeg(folder: Path, *arguments: str) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, cwd=folder, check=True)


def video(folder: Path, name: str, late: float = LATE) -> Audio:
    """Three seconds of pictures and, ``late`` seconds after them, two tracks; the second is usual.

    Its sound from the first picture on, which is in the file (channels, samples).
    """
    fed = sound(2, SECONDS - late)
    write(folder / "other.wav", fed[::-1] * OTHER, RATE)
    write(folder / "usual.wav", fed, RATE)
    (folder / "words.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nla la\n")
    pictures = ["-f", "lavfi", "-i", f"testsrc=s=64x48:r=25:d={SECONDS}"]
    sounds = [word for track in ("other", "usual") for word in offset(late, f"{track}.wav")]
    words = ["-i", "words.srt", "-map", "3", "-c:s", "srt"] if name == "a.mkv" else []
    chosen = ["-map", "0", "-map", "1", "-map", "2", "-metadata:s:a:0", "language=deu"]
    defaults = ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    command = [*pictures, *sounds, *words[:2], *chosen, *words[2:], *defaults]
    ffmpeg(folder, *command, *KINDS[name].split(), name)
    return np.concatenate([np.zeros((2, round(late * RATE)), np.float32), fed], axis=1)


def offset(late: float, name: str) -> list[str]:
    return ["-itsoffset", str(late), "-i", name]


def pictures_of(path: Path) -> list[tuple[float, str]]:
    """The time after the first, and a checksum, of every packet."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        times = [float(packet.pts * packet.time_base) for packet in packets]
        digests = [hashlib.sha256(bytes(packet)).hexdigest() for packet in packets]
    return [(round(time - min(times), 3), d) for time, d in zip(times, digests, strict=True)]


def heard_at(path: Path, fed: Audio, track: int) -> float:
    """How many seconds after the first picture the beginning of ``fed`` is heard."""
    with av.open(str(path)) as container:
        (pictures,) = container.streams.video
        packets = [packet for packet in container.demux(pictures) if packet.pts is not None]
        start = min(float(packet.pts * packet.time_base) for packet in packets)
    with av.open(str(path)) as container:
        frames = list(container.decode(container.streams.audio[track]))
    resampler = av.AudioResampler(format="fltp", layout="stereo")
    sounds = [part.to_ndarray() for frame in frames for part in resampler.resample(frame)]
    return frames[0].time - start + lag(np.concatenate(sounds, axis=1), fed) / RATE


@pytest.mark.parametrize("late", [0.0, LATE])
@pytest.mark.parametrize("name", KINDS)
def test_the_usual_track_comes_in_time_with_the_pictures(
    name: str, late: float, tmp_path: Path
) -> None:
    fed = video(tmp_path, name, late)
    usual = 1
    if name == "a.ts":  # names none
        usual, fed = 0, fed[::-1] * OTHER
    with open_audio(tmp_path / name) as source:
        out = np.concatenate(list(source.blocks(1000)), axis=1)
        middle = np.concatenate(list(source.blocks(1000, RATE // 4)), axis=1)
        assert source.samples == out.shape[1]
        assert source.track == usual
        assert len(source.tracks) == 2
    np.testing.assert_array_equal(middle, out[:, RATE // 4 :])
    # Times in milliseconds, and the codec's delay where the container does not state it.
    assert abs(lag(out, fed)) <= 0.03 * RATE
    if name in ("a.mov", "a.mkv"):
        assert abs(lag(out, fed)) <= 0.001 * RATE
        assert abs(out.shape[1] - fed.shape[1]) <= 0.001 * RATE


def test_tracks_are_reported_and_chosen(tmp_path: Path, model_files: dict[str, Path]) -> None:
    fed = video(tmp_path, "a.mkv", 0.0)
    command = ["separate", "a.mkv", "-m", model_files["live"], "--stems", "", "--mix", "vocals=0"]
    message = "a.mkv: it has the audio tracks 1 (deu), 2; 2 is taken, --track chooses another"
    for options, said, expected in (
        ([], True, fed),
        (["--track", 2], False, fed),
        (["--track", 1], False, fed[::-1] * OTHER),
    ):
        result = livevox(*command, *options, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        assert (message in result.stderr) == said
        mix, _ = soundfile.read(tmp_path / "separated" / "a" / "mix.wav")
        np.testing.assert_allclose(mix.T, expected, atol=1e-4)
    for name in ("separate", "activity"):
        result = livevox(name, "a.mkv", "-m", model_files["live"], "--track", 3, cwd=tmp_path)
        assert_refused(result, "audio track 3, can't be read (it has 2 audio tracks)")


@pytest.mark.parametrize("name", KINDS)
def test_a_muxed_stem_is_the_sound_of_the_same_pictures(
    name: str, tmp_path: Path, model_files: dict[str, Path]
) -> None:
    fed = video(tmp_path, name)
    command = ["separate", name, "-m", model_files["live"], "--stems", "", "--mix", "vocals=0"]
    result = livevox(*command, "--mux", "--track", 2, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    suffix = name if name in ("a.mp4", "a.mov") else "a.mkv"
    out = (tmp_path / "separated" / "a" / "mix").with_suffix(Path(suffix).suffix)
    assert pictures_of(out) == pictures_of(tmp_path / name)
    before, now = heard_at(tmp_path / name, fed, 1), heard_at(out, fed, 0)
    assert now == pytest.approx(before, abs=0.002)
    with av.open(str(out)) as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == ["aac"]
        assert len(container.streams.subtitles) == (name == "a.mkv")


def test_what_can_not_be_muxed_is_refused(tmp_path: Path, model_files: dict[str, Path]) -> None:
    write(tmp_path / "song.wav", sound(2, 0.5), RATE)
    command = ["separate", "song.wav", "-m", model_files["live"], "--mux"]
    assert_refused(livevox(*command, cwd=tmp_path), "song.wav has no moving pictures", "--mux")
    result = livevox(*command, "--start", 0.1, cwd=tmp_path)
    assert_refused(result, "--mux keeps whole videos")
    assert not (tmp_path / "separated" / "song").exists() or not list(
        (tmp_path / "separated" / "song").iterdir()
    )
