"""The pictures of a video, copied as they are beside another sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from livevox.errors import LivevoxError
from livevox.media.streams import moving_pictures, start_seconds

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
    """Pictures and subtitles on their way from a video into another file, with its chapters.

    Raises LivevoxError where there are no moving pictures.
    """

    def __init__(self, video: Video, into: OutputContainer) -> None:
        self._container, self._into = av.open(str(video.path), metadata_errors="ignore"), into
        if not moving_pictures(self._container):
            self._container.close()
            raise LivevoxError(f"{video.path} has no moving pictures: leave out --mux")
        self._start = start_seconds(self._container)
        wanted = [*self._container.streams.video, *self._container.streams.subtitles]
        self._copies: dict[int, Stream] = {each.index: self._copy(each) for each in wanted}
        into.set_chapters(self._container.chapters())
        self._packets = _dated(self._container.demux(wanted))
        self._next = next(self._packets, None)

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
            self._container.close()

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
