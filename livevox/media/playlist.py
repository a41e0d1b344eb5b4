"""A playlist of music files, of which one at a time is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.errors import LivevoxError
from livevox.media.queue import queue_of
from livevox.media.track import Loop, Track

Piece = tuple[int, int, Audio]
"""Number of the file, the audio's first sample in it, and the audio."""


def check_playable(path: Path) -> None:
    """Raise LivevoxError unless at least one of the files of ``path`` can be played."""
    playlist = Playlist(path, SAMPLE_RATE, channels=2, fade=0)
    playlist.first()
    playlist.close()


class Playlist:
    """The files that ``path`` stands for. :func:`livevox.media.queue.queue_of` says which, and what
    is raised; see :class:`Track` for the rest.

    Only the decoding thread opens and closes files; other threads may read :attr:`durations`.
    """

    def __init__(self, path: Path, sample_rate: int, channels: int, fade: int) -> None:
        self.paths, left_out = queue_of(path)
        self.durations: dict[int, float] = {}
        """Durations in seconds by file number, of all files opened so far."""
        self.error = left_out
        """What is left out, or the error of the last file that did not play to its end."""
        self._unreadable: set[int] = set()
        self._track: tuple[int, Track] | None = None
        self._as = (sample_rate, channels, fade)

    def pieces(self, index: int, start: int, loop: Loop | None) -> Iterator[Piece]:
        """All audio from there on, file after file; skips files that fail and keeps the error."""
        while index < len(self.paths):
            try:
                for at, audio in self._open(index).play(start, loop):
                    yield index, at, audio
            except (LivevoxError, OSError) as error:
                self.error = str(error)
                self.close()
            index, start, loop = index + 1, 0, None

    def first(self, wanted: Path | None = None) -> int:
        """The first file that can be played, which stays open. The search starts at ``wanted`` if
        that is one of the files. Raises LivevoxError if none can be played."""
        begin = self.paths.index(wanted) if wanted in self.paths else 0
        for step in range(len(self.paths)):
            index = (begin + step) % len(self.paths)
            try:
                self._open(index)
            except LivevoxError as error:
                self.error = str(error)
            else:
                return index
        raise LivevoxError(self.error or "")

    def after(self, index: int) -> int | None:
        """The next playable file."""
        later = range(index + 1, len(self.paths))
        return next((each for each in later if each not in self._unreadable), None)

    def before(self, index: int) -> int | None:
        """The previous playable file."""
        earlier = range(index - 1, -1, -1)
        return next((each for each in earlier if each not in self._unreadable), None)

    def close(self) -> None:
        """Close the open file."""
        if self._track:
            self._track[1].close()
        self._track = None

    def _open(self, index: int) -> Track:
        if self._track is None or self._track[0] != index:
            self.close()
            try:
                track = Track(self.paths[index], *self._as)
            except LivevoxError:
                self._unreadable.add(index)
                raise
            self.durations[index] = track.seconds
            self._track = index, track
        return self._track[1]
