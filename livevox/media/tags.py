"""The tags of a music file: title, artist and so on, and its cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from livevox.media.streams import MediaFile, codec_of

TAGS = ("title", "artist", "album", "album_artist", "composer", "genre", "date", "track", "disc")
"""By FFmpeg's names."""
PIXELS = {"png": "rgb24", "mjpeg": "yuvj420p"}
"""The codecs of covers, PNG and JPEG, with pixels that FFmpeg's encoders take; those of the picture
itself don't matter, as it is copied."""


@dataclass(frozen=True)
class Cover:
    """A picture's file, ``data``, of ``codec`` (see :data:`PIXELS`); its size is in pixels."""

    codec: str
    width: int
    height: int
    data: bytes

    def write(self, container: OutputContainer, stream: VideoStream) -> None:
        """Put it into a stream that :meth:`add` made."""
        packet = av.Packet(self.data)
        packet.stream, packet.time_base = stream, stream.time_base or packet.time_base
        packet.pts = packet.dts = 0
        packet.is_keyframe = True
        container.mux(packet)

    def add(self, container: OutputContainer) -> VideoStream:
        """A stream for it; ValueError where the container takes none."""
        stream = container.add_stream(self.codec)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = self.width, self.height
        stream.pix_fmt = PIXELS[self.codec]
        stream.disposition = Disposition.attached_pic
        return stream


@dataclass(frozen=True)
class Tags:
    """``texts`` by the names of :data:`TAGS`; those that are empty or missing are left out."""

    texts: Mapping[str, str] = field(default_factory=dict)
    cover: Cover | None = None


NO_TAGS = Tags()


def read_tags(path: Path) -> Tags:
    """The tags that a file has; none where it can't be read."""
    try:
        with MediaFile(path) as file, av.open(file, "r", metadata_errors="ignore") as container:
            found = {key.lower(): value for key, value in container.metadata.items()}
            for stream in container.streams.audio[:1]:  # Ogg has them there
                found |= {key.lower(): value for key, value in stream.metadata.items()}
            texts = {tag: found[tag].strip() for tag in TAGS if found.get(tag, "").strip()}
            return Tags(texts, _cover(container))
    except (av.FFmpegError, OSError):
        return NO_TAGS


def _cover(container: InputContainer) -> Cover | None:
    """The first picture that is attached; a video has none."""
    for stream in container.streams.video:
        codec = codec_of(stream)
        if stream.disposition & Disposition.attached_pic and codec in PIXELS:
            packet = next(container.demux(stream), None)
            if packet is not None and packet.size and stream.width and stream.height:
                return Cover(codec, stream.width, stream.height, bytes(packet))
    return None
