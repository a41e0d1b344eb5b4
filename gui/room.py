"""What a small window leaves out, so that faders and mutes stay in it."""

from __future__ import annotations

from typing import Protocol

from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QStackedWidget, QWidget

from gui.bars.mixer import Mixer
from gui.bars.notices import NoticeBar
from gui.bars.status import StatusBar
from gui.bars.transport import TransportBar
from gui.pages.lyrics_panel import LyricsPanel
from gui.pages.mix import MixPage
from gui.pages.queue_panel import QueuePanel

LEAST = (504, 290)
"""Width and height of what remains when all that can be is left out."""
SLIM = 780
"""Width below which the meters have no figures."""
FOR_QUEUE = 500
"""Height below which the queue is not shown."""
LOW, MIDDLE, HIGH = 420, 600, 650
"""Heights below which only what is needed is there; one notice at a time; the lyrics on the mix
alone."""


class Parts(Protocol):
    """What is shared out, see :class:`gui.main_window.MainWindow`."""

    pages: QStackedWidget
    mix_page: MixPage
    queue_panel: QueuePanel
    lyrics_panel: LyricsPanel
    transport_bar: TransportBar
    mixer: Mixer
    notices: NoticeBar
    status: StatusBar

    def width(self) -> int: ...
    def height(self) -> int: ...


class Centre(QWidget):
    """The window's content. Its least size is fixed: that of its layout is lower only once the
    window is small enough for parts to be left out."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Independent of what is shown."""
        return QSize(*LEAST)


def share_room(window: Parts) -> None:
    """Show or hide parts by the size of the window."""
    height = window.height()
    low = height < LOW
    on_mix = window.pages.currentWidget() is window.mix_page
    window.status.budget.show_details(height > MIDDLE)
    window.status.setHidden(low)
    window.transport_bar.waveform.setHidden(low)
    window.queue_panel.fold(height < FOR_QUEUE)
    window.lyrics_panel.fold(height < (LOW if on_mix else HIGH))
    window.notices.fold(height < MIDDLE, low)
    window.mixer.fold(window.width() < SLIM, low)
