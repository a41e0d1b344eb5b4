"""The modes as a row of buttons, and their names in the user's language."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.model.viewmodel import ViewModel
from livevox.config.modes import Mode, current_mode, modes


def translate(text: str) -> str:
    """A mode's title or description in the user's language; as it is in a preset of the user's."""
    return QCoreApplication.translate("modes", text)


class ModeBar(QWidget):
    """A button for each mode; that of the current one is down."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.modes = modes()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        self.buttons: list[QPushButton] = []
        for mode in self.modes:
            title, description = translate(mode.title), translate(mode.description)
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("role", "mode")
            button.setToolTip(self.tr("{}: {} (key {})").format(title, description, mode.key))
            button.setAccessibleName(self.tr("Mode {}").format(title))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _, mode=mode: self.choose(mode))
            row.addWidget(button)
            self.buttons.append(button)
        view_model.parameter_changed.connect(lambda *_: self._show())
        self._show()

    @property
    def current(self) -> Mode | None:
        """The mode that is heard."""
        return current_mode(self.modes, self._view_model.values)

    def choose(self, mode: Mode) -> None:
        """Set what a mode sets, as one step of undo."""
        self._view_model.set_parameters(mode.values, translate(mode.title))
        self._show()

    def _show(self) -> None:
        current = self.current
        for mode, button in zip(self.modes, self.buttons, strict=True):
            button.setChecked(mode is current)
