"""A slider that shows a parameter and sets it: by mouse, wheel, keys and assistive technology."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PyQt6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSlider, QWidget

from gui.look.theme import theme, themes
from gui.model.scales import SCALES, explanation, label
from gui.model.viewmodel import ViewModel
from livevox.live.commands import Learn
from livevox.parameters import PARAMETERS

FINE = 0.1
"""Factor by which Shift slows a drag."""
_NOTCHES = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: 6,
    Qt.Key.Key_PageDown: -6,
}


def described(name: str) -> str:
    """A parameter's tooltip: description, range and unit."""
    parameter, scale = PARAMETERS[name], SCALES[name]
    help = f"{label(name)}: {explanation(name)}"
    if parameter.is_switch:
        return help
    low, high = scale.text(parameter.minimum), scale.text(parameter.maximum)
    usual = QCoreApplication.translate("controls", "double-click for {}")
    return f"{help}\n{low} … {high}, {usual.format(scale.text(parameter.default))}"


class ParameterSlider(QSlider):
    """Base of faders and sliders, bound to a parameter of the view model.

    Assistive technology sees a slider with integer steps of 0.1 dB, 1 ms, 1 % or 1 cent, and the
    value with its unit as the description.
    """

    def __init__(
        self,
        view_model: ViewModel,
        name: str,
        orientation: Qt.Orientation,
        colour: str,
        parent: QWidget | None = None,
    ) -> None:
        """``colour`` is the name of one of the theme's."""
        super().__init__(orientation, parent)
        self._view_model = view_model
        self.name = name
        self._scale = SCALES[name]
        self._colour = colour
        self._dragged_from: tuple[float, float] | None = None
        self._wheel = 0
        parameter = PARAMETERS[name]
        self.setProperty("parameter", name)
        self.setRange(
            self._scale.to_step(parameter.minimum), self._scale.to_step(parameter.maximum)
        )
        self.setAccessibleName(label(name))
        self.setToolTip(described(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._show(name, view_model.parameters.value(name))
        # Assistive technology changes the slider's value directly.
        self.valueChanged.connect(self._on_step)
        view_model.parameters.changed.connect(self._show)
        view_model.status_changed.connect(lambda _: self.update())
        view_model.learn_mode.changed.connect(lambda _: self.update())
        themes().changed.connect(self.update)

    def _show(self, name: str, value: float) -> None:
        if name == self.name:
            self._shown = value
            was = self.blockSignals(True)
            self.setValue(self._scale.to_step(value))
            self.blockSignals(was)
            self.setAccessibleDescription(self._scale.text(value))
            self.update()

    def _on_step(self, step: int) -> None:
        if step != self._scale.to_step(self._shown):
            self._view_model.parameters.set(self.name, self._scale.from_step(step))

    def _place(self) -> float:
        return self._scale.place(self._shown)

    def _span(self) -> tuple[float, float]:
        """The pixel positions of 0 and 1 along the slider."""
        raise NotImplementedError

    def _along(self, event: QMouseEvent) -> float:
        vertical = self.orientation() == Qt.Orientation.Vertical
        return event.position().y() if vertical else event.position().x()

    def handle_at(self, place: float) -> float:
        """The pixel position of the handle's centre for a position from 0 to 1."""
        start, end = self._span()
        return start + place * (end - start)

    @property
    def _learning(self) -> bool:
        status = self._view_model.status
        return status is not None and status.learning == self.name

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Start dragging the handle, after moving it here if it is elsewhere."""
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._view_model.learn_mode.on:
            self._view_model.requests.ask(Learn(self.name))
            return
        along = self._along(event)
        self._view_model.parameters.begin_gesture()
        if abs(along - self.handle_at(self._place())) > 14:
            start, end = self._span()
            self._set_place((along - start) / (end - start))
        self._dragged_from = (along, self._place())
        self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Drag the handle; with Shift finely."""
        assert event is not None
        if self._dragged_from is None:
            return
        along, place = self._dragged_from
        start, end = self._span()
        way = (self._along(event) - along) / (end - start)
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        place = min(max(place + way * (FINE if fine else 1), 0.0), 1.0)
        self._dragged_from = (self._along(event), place)
        self._set_place(place, fine)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Let go."""
        if self._dragged_from is not None:
            self._dragged_from = None
            self._view_model.parameters.end_gesture()
            self.setSliderDown(False)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Reset to the default."""
        if not self._view_model.learn_mode.on:
            self._view_model.parameters.set(self.name, PARAMETERS[self.name].default)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802
        """Change by half a dB, or a similar step, per notch of the wheel."""
        assert event is not None
        self._wheel += event.angleDelta().y()
        notches, self._wheel = self._wheel // 120, self._wheel % 120
        if notches:
            self._move(notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Arrows change by one step, page keys by six; Home, End, Delete: top, bottom, default."""
        assert event is not None
        parameter = PARAMETERS[self.name]
        ends = {
            Qt.Key.Key_Home: parameter.maximum,
            Qt.Key.Key_End: parameter.minimum,
            Qt.Key.Key_Delete: parameter.default,
        }
        key = Qt.Key(event.key())
        if self._view_model.learn_mode.on and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._view_model.requests.ask(Learn(self.name))
        elif key in _NOTCHES:
            self._move(_NOTCHES[key])
        elif key in ends:
            self._view_model.parameters.set(self.name, ends[key])
        else:
            event.ignore()

    def _move(self, notches: float) -> None:
        value = self._scale.moved(self._shown, notches)
        self._view_model.parameters.set(self.name, value)

    def _set_place(self, place: float, fine: bool = False) -> None:
        self._view_model.parameters.set(self.name, self._scale.value(place, fine))

    def _paint_focus(self, painter: QPainter, box: QRectF) -> None:
        if self._learning:
            painter.setPen(QPen(theme().colour("warning"), 2, Qt.PenStyle.DashLine))
        elif self._view_model.learn_mode.on:
            painter.setPen(QPen(theme().colour("warning"), 1, Qt.PenStyle.DotLine))
        elif self.hasFocus():
            painter.setPen(QPen(theme().colour("focus"), 1.5))
        else:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)

    def event(self, event: QEvent | None) -> bool:
        """Repaint the handle when the mouse enters or leaves."""
        if event is not None and event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return super().event(event)
