"""Tags and covers of an input are those of its stems, in every format that has them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import pytest

from livevox.media.ffmpeg_sink import WITH_COVER
from livevox.media.files import open_audio
from livevox.media.tags import TAGS, Cover, Tags, read_tags
from livevox.media.vorbis_sink import VORBIS_TAGS
from livevox.media.writing import SUFFIXES, writing
from tests.audio_files import RATE, sound
from tests.commands import livevox

TEXTS = {
    "title": "Füße \N{SNOWMAN}",
    "artist": "A & B",
    "album": "Live",
    "album_artist": "Various",
    "genre": "Folk",
    "date": "1999",
    "track": "3/12",
}


def png() -> Cover:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = b"".join(b"\0" + bytes([200, 10 * row, 10]) * 9 for row in range(8))
    header = struct.pack(">IIBBBBB", 9, 8, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return Cover("png", 9, 8, b"\x89PNG\r\n\x1a\n" + chunks)


def grey(pixels: str) -> av.VideoFrame:
    frame = av.VideoFrame(64, 48, pixels)
    for plane in frame.planes:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def jpeg() -> Cover:
    context = av.CodecContext.create("mjpeg", "w")
    context.width, context.height, context.pix_fmt = 64, 48, "yuvj444p"
    context.time_base = 1
    packets = [*context.encode(grey("yuvj444p")), *context.encode(None)]
    return Cover("mjpeg", 64, 48, b"".join(map(bytes, packets)))


def written(path: Path, tags: Tags) -> Path:
    with writing(path, RATE, 2, 20_000, tags=tags) as sink:
        sink.write(sound()[:, :20_000])
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("cover", [None, png(), jpeg()], ids=["no cover", "png", "jpeg"])
def test_what_is_written_is_read_again(suffix: str, cover: Cover | None, tmp_path: Path) -> None:
    path = written(tmp_path / f"a.{suffix}", Tags(TEXTS, cover))
    read = read_tags(path)
    known = VORBIS_TAGS if suffix == "ogg" else TAGS
    lost = {"album_artist"} if suffix == "wav" else set()  # RIFF has no such tag
    assert read.texts == {tag: TEXTS[tag] for tag in TEXTS if tag in known and tag not in lost}
    assert read.cover == (cover if suffix in WITH_COVER else None)
    with open_audio(path) as source:
        assert source.samples == 20_000
        assert sum(block.shape[1] for block in source.blocks(1000)) == 20_000


def test_a_file_without_tags_has_none(tmp_path: Path) -> None:
    assert read_tags(written(tmp_path / "a.flac", Tags())) == Tags()
    (tmp_path / "text.mp3").write_text("no music")
    assert read_tags(tmp_path / "text.mp3") == Tags()


def test_a_video_is_no_cover(tmp_path: Path) -> None:
    path = tmp_path / "video.mkv"
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for packet in [*stream.encode(grey("yuvj420p")), *stream.encode(None)]:
            container.mux(packet)
    with av.open(str(path)) as read:
        assert read.streams.video[0].codec_context.name == "mjpeg"
    assert read_tags(path).cover is None


def test_stems_have_the_tags_of_the_song(tmp_path: Path) -> None:
    written(tmp_path / "song.m4a", Tags(TEXTS, jpeg()))
    result = livevox("separate", "song.m4a", "--format", "mp3", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert read_tags(tmp_path / "separated" / "song" / "vocals.mp3") == Tags(TEXTS, jpeg())
