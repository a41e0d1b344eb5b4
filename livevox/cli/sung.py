"""The lyrics of the song that plays, as the terminal shows them."""

from __future__ import annotations

import time
from pathlib import Path

from rich.text import Text

from livevox.errors import LivevoxError
from livevox.live.heard_place import HeardPlace
from livevox.live.telemetry import Place, Telemetry
from livevox.media.lyrics import Line, Lyrics
from livevox.media.lyrics_files import lyrics_beside


class SungLines:
    """The line that is heard and the next one, and how far each has been sung."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._heard = HeardPlace()
        self._place = Place()
        self._song: Path | None = None
        self._lyrics: Lyrics | None = None

    def follow(self, song: Path | None) -> str | None:
        """Read the lyrics of another song; return what is wrong with them, if anything is."""
        if song == self._song:
            return None
        self._song, self._lyrics = song, None
        try:
            self._lyrics = lyrics_beside(song) if song else None
        except LivevoxError as error:
            return f"no lyrics: {error}"
        return None

    def shown(self) -> list[Text]:
        """Two lines where the song has lyrics, else none."""
        self._place = self._telemetry.place() or self._place
        second = self._heard.look(
            self._telemetry.heard_frame(time.monotonic()),
            self._place,
            bool(self._telemetry.fields.playing),
        )
        if self._lyrics is None:
            return []
        first = self._lyrics.current(second)
        lines = [_shown(line, second) for line in self._lyrics.lines[first : first + 2]]
        return [*lines, Text(), Text()][:2]


def _shown(line: Line, second: float) -> Text:
    sung = int(line.sung(second))
    return Text("          ").append(line.text[:sung], "bold yellow").append(line.text[sung:])
