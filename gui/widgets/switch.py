"""A parameter that is on or off."""

from __future__ import annotations

from PyQt6.QtWidgets import QPushButton, QWidget

from gui.model.scales import label
from gui.model.viewmodel import ViewModel
from gui.widgets.parameter_slider import described
from livevox.live.commands import Learn


class Switch(QPushButton):
    """A switch parameter as a toggle button."""

    def __init__(
        self,
        view_model: ViewModel,
        name: str,
        text: str,
        role: str,
        keys: str,
        parent: QWidget | None = None,
    ) -> None:
        """``role`` selects a style of the style sheet; the tooltip shows ``keys``."""
        super().__init__(text, parent)
        self._view_model = view_model
        self._name = name
        self.setCheckable(True)
        self.setProperty("role", role)
        self.setProperty("parameter", name)
        self.setAccessibleName(label(name))
        self.setToolTip(f"{described(name)} ({keys})")
        self.clicked.connect(self._on_click)
        self._show(name, view_model.parameters.value(name))
        view_model.parameters.changed.connect(self._show)
        view_model.status_changed.connect(lambda _: self._show_learning())
        view_model.learn_mode.changed.connect(lambda _: self._show_learning())

    def _on_click(self, checked: bool) -> None:
        if self._view_model.learn_mode.on:
            self.setChecked(not checked)
            self._view_model.requests.ask(Learn(self._name))
        else:
            self._view_model.parameters.set(self._name, float(checked))

    def _show(self, name: str, value: float) -> None:
        if name == self._name:
            self.setChecked(value == 1)

    def _show_learning(self) -> None:
        status = self._view_model.status
        learning = "true" if status is not None and status.learning == self._name else "false"
        if self.property("learning") != learning:
            self.setProperty("learning", learning)
            style = self.style()
            assert style is not None
            style.polish(self)
