"""The pictures of a video, copied as they are beside another sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from livevox.errors import LivevoxError
from livevox.media.streams import MediaFile, codec_of, moving_pictures, start_seconds

_SUFFIXES = {".mp4": ".mp4", ".m4v": ".mp4", ".mov": ".mov"}
_ANY_CODEC = ".mkv"


@dataclass(frozen=True)
class Video:
    """The file ``path``. Its sound begins ``begins`` seconds after the file."""

    path: Path
    begins: float


def video_suffix(path: Path) -> str:
    """Of the video that is made of this one: the same where that takes AAC, else Matroska's."""
    return _SUFFIXES.get(path.suffix.lower(), _ANY_CODEC)


class CopiedStreams:
    """Copies pictures, subtitles and chapters of a video into another file.

    Raises LivevoxError where there are no moving pictures.
    """

    def __init__(self, video: Video, into: OutputContainer) -> None:
        self._into = into
        self._opened = ExitStack()
        with self._opened as opened:
            file = opened.enter_context(MediaFile(video.path))
            container = opened.enter_context(av.open(file, "r", metadata_errors="ignore"))
            if not moving_pictures(container):
                raise LivevoxError(f"{video.path} has no moving pictures: leave out --mux")
            self._start = start_seconds(container)
            known = into.supported_codecs
            words = [each for each in container.streams.subtitles if codec_of(each) in known]
            wanted = [*container.streams.video, *words]
            for each in moving_pictures(container):
                codec = codec_of(each) or "unknown"
                if codec not in known:
                    raise LivevoxError(
                        f"{video.path} has {codec} pictures, which {into.format.name} files "
                        "can't hold: convert it to MKV first"
                    )
            self._copies = {each.index: self._copy(each) for each in wanted}
            into.set_chapters(container.chapters())
            self._packets = _dated(container.demux(wanted))
            self._next = next(self._packets, None)
            self._opened = opened.pop_all()

    def _copy(self, stream: Stream) -> Stream:
        copy = self._into.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        copy.disposition = stream.disposition
        copy.metadata.update(stream.metadata)
        return copy

    def copy_until(self, seconds: float) -> None:
        """Copy what comes before ``seconds`` after the beginning of the file."""
        while self._next is not None and self._time(self._next) <= seconds:
            packet, self._next = self._next, next(self._packets, None)
            begin = round(self._start / packet.time_base)
            packet.dts = (packet.dts or 0) - begin
            packet.pts = None if packet.pts is None else packet.pts - begin
            packet.stream = self._copies[packet.stream.index]
            self._into.mux_one(packet)
        if self._next is None:
            self._opened.close()

    def _time(self, packet: Packet[Stream]) -> float:
        return float((packet.dts or 0) * packet.time_base) - self._start


def _dated(packets: Iterable[Packet[Stream]]) -> Iterator[Packet[Stream]]:
    """The packets, all with a time of decoding.

    Matroska has none; FFmpeg finds it where pictures that come later have been seen, and those
    before follow from their durations.
    """
    waiting: dict[int, list[Packet[Stream]]] = {}
    for packet in packets:
        if not packet.size:
            continue  # the end of a stream
        if packet.dts is None:
            waiting.setdefault(packet.stream.index, []).append(packet)
            continue
        before = waiting.pop(packet.stream.index, [])
        dts = packet.dts
        for earlier in reversed(before):
            dts -= earlier.duration or 1
            earlier.dts = dts
        yield from [*before, packet]
    for undated in waiting.values():
        for packet in undated:
            packet.dts = packet.pts
            yield packet
