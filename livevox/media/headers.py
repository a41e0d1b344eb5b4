"""Sizes in the headers of files, which no decoder reports, to detect truncated files."""

from __future__ import annotations

import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

UNKNOWN_SIZE = 0x7FFF_F000
"""Programs that can't seek back to the header (pipes) write a size of at least this."""
OGG_HEADER = 27
OGG_BEGINS, OGG_ENDS = 2, 4
XING_SEARCH = 4096
"""Bytes to search before the first packet of an MP3 file for its Xing or VBRI header."""


@dataclass(frozen=True)
class Data:
    """The bytes of audio that a header announces, and those that are there."""

    announced: int
    there: int


def pcm_data(path: Path) -> Data | None:
    """For WAV, RF64, AIFF and AU files; None for other files, or if the header has no size."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(12)
        if head[:4] == b".snd":
            offset, announced = (int.from_bytes(head[i : i + 4], "big") for i in (4, 8))
            return _known(announced, size - offset)
        if head[8:12] not in (b"WAVE", b"AIFF", b"AIFC"):
            return None
        order: Literal["little", "big"] = "big" if head[:4] in (b"RIFX", b"FORM") else "little"
        long_size = None
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], order)
            if chunk[:4] == b"ds64":
                long_size = int.from_bytes(file.read(16)[8:], order)
                file.seek(length - 16, io.SEEK_CUR)
            elif chunk[:4] in (b"data", b"SSND"):
                if length == 0xFFFF_FFFF and long_size is not None:
                    return Data(long_size, size - file.tell())
                return _known(length, size - file.tell())
            else:
                file.seek(length + length % 2, io.SEEK_CUR)
    return None


def _known(announced: int, there: int) -> Data | None:
    """None for 0 and very large sizes, which pipes have."""
    return Data(announced, there) if 0 < announced < UNKNOWN_SIZE or there >= announced else None


@dataclass(frozen=True)
class OggPages:
    """What the pages of an Ogg file show.

    ``whole``: every stream has its last page. ``chained``: the file is several files in a row.
    ``damaged_after``: the last time in samples before a damaged or missing page.
    """

    whole: bool
    chained: bool
    damaged_after: int | None


def ogg_pages(file: BinaryIO) -> OggPages:
    """Read all pages (RFC 3533)."""
    chained, data_seen = False, False
    damaged_after: int | None = None
    granule = 0
    open_streams: set[bytes] = set()
    last_number: dict[bytes, int] = {}
    whole = True
    while head := file.read(OGG_HEADER):
        if head[:4] != b"OggS":
            # Other data after the last page, or a damaged page.
            if damaged_after is None and b"OggS" in file.read():
                damaged_after = granule
            break
        lengths = file.read(head[26]) if len(head) == OGG_HEADER else b""
        body = file.read(sum(lengths))
        if len(head) < OGG_HEADER or len(lengths) < head[26] or len(body) < sum(lengths):
            whole = False
            break
        kind, serial = head[5], head[14:18]
        number = int.from_bytes(head[18:22], "little")
        follows = kind & OGG_BEGINS or last_number.get(serial, number - 1) == number - 1
        last_number[serial] = number
        sound = _ogg_checksum(head[:22] + bytes(4) + head[26:] + lengths + body) == head[22:26]
        if damaged_after is None and not (follows and sound):
            damaged_after = granule
        granule = max(granule, int.from_bytes(head[6:14], "little", signed=True))
        if kind & OGG_BEGINS:
            chained |= data_seen
            open_streams.add(serial)
        else:
            data_seen = True
        if kind & OGG_ENDS:
            open_streams.discard(serial)
    return OggPages(whole and not open_streams, chained, damaged_after)


_BITS_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _ogg_checksum(page: bytes) -> bytes:
    """Ogg's CRC: that of zlib with the bits of every byte reversed, and without inversions."""
    reflected = zlib.crc32(page.translate(_BITS_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return reflected.to_bytes(4, "big").translate(_BITS_REVERSED)


def xing_frames(file: BinaryIO, first_packet: int) -> int | None:
    """Number of frames in the Xing, Info or VBRI header of an MP3 file; None if there is none.

    ``first_packet`` is where the first frame of audio begins; the header is the frame before it.
    """
    file.seek(max(0, first_packet - XING_SEARCH))
    before = file.read(min(first_packet, XING_SEARCH))
    for name in (b"Xing", b"Info"):
        at = before.rfind(name)
        if at >= 0 and len(before) >= at + 12:
            has_frames = before[at + 7] & 1
            return int.from_bytes(before[at + 8 : at + 12], "big") if has_frames else None
    at = before.rfind(b"VBRI")
    if at >= 0 and len(before) >= at + 18:
        return int.from_bytes(before[at + 14 : at + 18], "big")
    return None
