"""What all plots share: pyqtgraph, in the window's colours, without its menus and zooming."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QPen
from PyQt6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.look.quiet_pyqtgraph import pg
from gui.look.theme import theme, themes

GRID_ALPHA = 45
GRID_LINE = 1.01
"""Thickness in pixels. Qt paints translucent lines of 1 pixel thirty times as slowly."""
SMALL_POINTS = 8.5
"""The size of figures in plots."""
_SOLID = Qt.PenStyle.SolidLine


class Plot(pg.GraphicsView):  # type: ignore[misc]
    """A view of one item of pyqtgraph. All of it is repainted at once: where a plot scrolls, all of
    it changes."""

    def __init__(self, item: pg.GraphicsWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False)
        self.setCentralItem(item)
        for widget in (self, self.viewport()):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # A file dropped here is the window's.
        self.setAcceptDrops(False)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        themes().changed.connect(self.recolour)

    def recolour(self) -> None:
        """Take the colours of the theme."""
        self.setBackground(theme().colour("sunken"))

    def pen(self, colour: str, width: float, style: Qt.PenStyle = _SOLID) -> QPen:
        """For a line of one of the theme's colours, ``width`` pixels of the window thick."""
        # A cosmetic pen counts the pixels of the screen; the units of a plot are no pixels.
        pen = QPen(theme().colour(colour), width * self.devicePixelRatioF(), style)
        pen.setCosmetic(True)
        return pen

    def event(self, event: QEvent | None) -> bool:
        """Adapt the lines to another screen."""
        if event is not None and event.type() == QEvent.Type.DevicePixelRatioChange:
            self.recolour()
        return bool(super().event(event))

    def sizeHint(self) -> QSize:  # noqa: N802
        """None of its own."""
        return QSize()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """None of its own."""
        return QSize()


def plain_box(upside_down: bool = False) -> pg.ViewBox:
    """A view box that only the program moves."""
    box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=upside_down, defaultPadding=0)
    box.disableAutoRange()
    return box


def message_over(plot: Plot) -> QLabel:
    """A text in the middle of a plot, shown as it is."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    # A long text must not make the plot wide.
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
    QVBoxLayout(plot.viewport()).addWidget(label)
    label.hide()
    return label
