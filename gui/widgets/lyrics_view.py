"""The line of the lyrics that is sung and the next one."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui.look.dark_and_light import DARK
from gui.look.theme import theme, themes
from gui.widgets.sung_text import Ink, SungText
from livevox.media.lyrics import Line, Lyrics


@dataclass(frozen=True)
class Look:
    """Font sizes of the line that is sung, the next one and a note, in heights of the view; the
    most rows of the two lines; the place of the first, from the top. ``black`` is for a stage."""

    line: float
    next_line: float
    note: float
    rows: tuple[int, int]
    top: float
    black: bool


PANEL = Look(line=0.38, next_line=0.28, note=0.28, rows=(1, 1), top=0.04, black=False)
STAGE = Look(line=1 / 9, next_line=1 / 12, note=1 / 20, rows=(3, 2), top=0.18, black=True)
"""Capital letters, 0.73 of a font size, that are seen at 22 and 17 minutes of arc from as far as
12.5 heights of the screen: 5 m from one 40 cm high. ISO 9241-303 asks for 16, and prefers 20 to 22.
"""
MARGIN = 0.04
"""Free on both sides, in widths of the view."""
GAP = 0.4
"""Between the two lines, in font sizes of the second."""


class LyricsView(QWidget):
    """Shows :class:`livevox.media.lyrics.Lyrics` at one moment, or a note."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._lyrics: Lyrics | None = None
        self._note = ""
        self._first = 0
        self._sung: tuple[float, ...] = ()
        """Characters of the lines that are shown."""
        self._texts: list[SungText] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Lyrics"))
        themes().changed.connect(self._lay_out)

    def show_lyrics(self, lyrics: Lyrics | None, note: str = "") -> None:
        """Show other lyrics, or ``note``."""
        self._lyrics, self._note = lyrics, note
        self._first, self._sung = -1, ()
        self._lay_out()
        self.show_second(0.0)

    def show_second(self, second: float) -> None:
        """Show what is sung at a second of the song."""
        if self._lyrics is None:
            return
        first = self._lyrics.current(second)
        shown = self._lyrics.lines[first : first + 2]
        sung = tuple(line.sung(second) for line in shown)
        if first != self._first:
            self._first = first
            self.setAccessibleDescription(shown[0].text if shown else "")
            self._lay_out()
        if sung != self._sung:
            self._sung = sung
            self.update()

    @property
    def shown(self) -> tuple[tuple[str, float], ...]:
        """The lines and how many characters of each were sung, as painted or about to be."""
        texts = (line.text for line in self._lines())
        return tuple(zip(texts, self._sung, strict=True))

    def _lines(self) -> tuple[Line, ...]:
        if self._lyrics is None or self._first < 0:
            return ()
        return self._lyrics.lines[self._first : self._first + 2]

    def _lay_out(self) -> None:
        self._texts = None
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Fit the text to the new size."""
        self._lay_out()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the lines, the first one above the other, or the note in the middle."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ground())
        if self._texts is None:
            self._texts = self._made()
        sung, y = self._sung, self._look.top * self.height()
        if self._lyrics is None:
            sung, y = (0.0,), (self.height() - self._texts[0].height) / 2
        for text, characters in zip(self._texts, sung, strict=True):
            text.draw(painter, QPointF(MARGIN * self.width(), y), characters)
            y += text.height + GAP * self._look.next_line * self.height()

    def _ground(self) -> QColor:
        return QColor("black") if self._look.black else theme().colour("window")

    def _made(self) -> list[SungText]:
        look = self._look
        note = (self._note, look.note, look.rows[0], "dim")
        parts = [note]
        if self._lyrics is not None:
            sizes = (look.line, look.rows[0], "text"), (look.next_line, look.rows[1], "dim")
            parts = [(line.text, *of) for line, of in zip(self._lines(), sizes, strict=False)]
        colours = DARK if look.black else theme()
        width, ratio = (1 - 2 * MARGIN) * self.width(), self.devicePixelRatioF()
        return [
            SungText(
                text,
                self.font(),
                size * self.height(),
                width,
                rows,
                Ink(colours.colour(name), colours.colour("voice"), self._ground(), ratio),
            )
            for text, size, rows, name in parts
        ]
