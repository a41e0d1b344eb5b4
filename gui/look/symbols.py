"""Button symbols, drawn in the theme's colours at any size."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
    QPolygonF,
)

from gui.look.theme import theme

Draw = Callable[[QPainterPath], None]
"""Adds a symbol to a path, in a square from 0, 0 to 16, 16."""


def _polygon(path: QPainterPath, *points: tuple[float, float]) -> None:
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()


def _play(path: QPainterPath) -> None:
    _polygon(path, (4, 2.5), (13.5, 8), (4, 13.5))


def _pause(path: QPainterPath) -> None:
    path.addRect(QRectF(3.5, 2.5, 3.2, 11))
    path.addRect(QRectF(9.3, 2.5, 3.2, 11))


def _next(path: QPainterPath) -> None:
    _polygon(path, (3, 3), (10.5, 8), (3, 13))
    path.addRect(QRectF(11, 3, 2.2, 10))


def _previous(path: QPainterPath) -> None:
    _polygon(path, (13, 3), (5.5, 8), (13, 13))
    path.addRect(QRectF(2.8, 3, 2.2, 10))


def _record(path: QPainterPath) -> None:
    path.addEllipse(QRectF(3, 3, 10, 10))


def _stop(path: QPainterPath) -> None:
    path.addRect(QRectF(3.5, 3.5, 9, 9))


def _more(path: QPainterPath) -> None:
    for x in (2.5, 8, 13.5):
        path.addEllipse(QPointF(x, 8), 1.5, 1.5)


def _folder(path: QPainterPath) -> None:
    _polygon(path, (1.5, 3), (6.5, 3), (8, 5), (14.5, 5), (14.5, 13), (1.5, 13))


def _recordings(path: QPainterPath) -> None:
    """A folder with a record button."""
    folder, dot = QPainterPath(), QPainterPath()
    _folder(folder)
    dot.addEllipse(QPointF(8, 9), 2.6, 2.6)
    path.addPath(folder.subtracted(dot))


def _open(path: QPainterPath) -> None:
    """As on players: a triangle on a bar."""
    _polygon(path, (8, 2.5), (14, 9.5), (2, 9.5))
    path.addRect(QRectF(2, 11.2, 12, 2.3))


def _menu(path: QPainterPath) -> None:
    for y in (3, 7, 11):
        path.addRect(QRectF(2, y, 12, 2))


def _cross(path: QPainterPath) -> None:
    points = ((3, 4.5), (4.5, 3), (8, 6.5), (11.5, 3), (13, 4.5), (9.5, 8))
    other = ((13, 11.5), (11.5, 13), (8, 9.5), (4.5, 13), (3, 11.5), (6.5, 8))
    _polygon(path, *points, *other)


def _export(path: QPainterPath) -> None:
    _polygon(path, (6.8, 1.5), (9.2, 1.5), (9.2, 6.5), (12.5, 6.5), (8, 11), (3.5, 6.5), (6.8, 6.5))
    path.addRect(QRectF(2.5, 12.2, 11, 2))


def _loop(path: QPainterPath) -> None:
    arc = QPainterPath()
    arc.arcMoveTo(QRectF(3, 3.5, 10, 10), 60)
    arc.arcTo(QRectF(3, 3.5, 10, 10), 60, -300)
    pen = QPainterPathStroker()
    pen.setWidth(2.2)
    path.addPath(pen.createStroke(arc))
    _polygon(path, (8.2, 0.4), (13.4, 3.4), (8.8, 7.2))


def _list(path: QPainterPath) -> None:
    for y in (3, 7, 11):
        path.addRect(QRectF(2, y, 2, 2))
        path.addRect(QRectF(5.5, y, 8.5, 2))


def _warning(path: QPainterPath) -> None:
    triangle, mark = QPainterPath(), QPainterPath()
    _polygon(triangle, (8, 1.5), (15, 14), (1, 14))
    mark.addRect(QRectF(7.2, 6, 1.6, 4))
    mark.addRect(QRectF(7.2, 11, 1.6, 1.6))
    path.addPath(triangle.subtracted(mark))


def _blank(path: QPainterPath) -> None:
    """Room without a symbol, in line with others."""


def _screen(path: QPainterPath) -> None:
    outside, inside = QPainterPath(), QPainterPath()
    outside.addRect(QRectF(1.5, 2.5, 13, 9))
    inside.addRect(QRectF(3, 4, 10, 6))
    path.addPath(outside.subtracted(inside))
    path.addRect(QRectF(5, 12.5, 6, 1.5))


_SYMBOLS: dict[str, Draw] = {
    "play": _play,
    "pause": _pause,
    "next": _next,
    "previous": _previous,
    "record": _record,
    "stop": _stop,
    "more": _more,
    "recordings": _recordings,
    "open": _open,
    "menu": _menu,
    "cross": _cross,
    "export": _export,
    "loop": _loop,
    "screen": _screen,
    "list": _list,
    "warning": _warning,
    "blank": _blank,
}


class _Engine(QIconEngine):
    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)

    def paint(
        self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        assert painter is not None
        colours = theme()
        colour = colours.dim if mode == QIcon.Mode.Disabled else getattr(colours, self._colour)
        if state == QIcon.State.On:
            # A checked button's background has the text colour.
            colour = colours.window
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QColor(colour))
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(0.6)
        size = min(rect.width(), rect.height())
        painter.translate(rect.center().x() + 0.5 - size / 2, rect.center().y() + 0.5 - size / 2)
        painter.scale(size / 16, size / 16)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        _SYMBOLS[self._name](path)
        painter.drawPath(path)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        # Never cached: the theme may change.
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap


def symbol(name: str, colour: str = "text") -> QIcon:
    """A symbol by name, in a colour of :class:`gui.look.dark_and_light.Theme`."""
    return QIcon(_Engine(name, colour))
