"""The modes as a row of buttons, with translated names."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.model.viewmodel import ViewModel
from livevox.config.modes import Mode, current_mode, modes


def translate(text: str) -> str:
    """A mode's translated title or description; unchanged if it is from a user's preset."""
    return QCoreApplication.translate("modes", text)


class ModeBar(QWidget):
    """A button for each mode; the current mode's is checked."""

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
        view_model.parameters.changed.connect(lambda *_: self._show())
        self._show()

    @property
    def current(self) -> Mode | None:
        """The current mode."""
        return current_mode(self.modes, self._view_model.parameters.values)

    def choose(self, mode: Mode) -> None:
        """Apply a mode as one undo step."""
        self._view_model.parameters.set_several(mode.values, translate(mode.title))
        self._show()

    def _show(self) -> None:
        current = self.current
        for mode, button in zip(self.modes, self.buttons, strict=True):
            button.setChecked(mode is current)
