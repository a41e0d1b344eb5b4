"""The modes as a row of buttons, with translated names."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.look.plain_style import unkeyed
from gui.model.viewmodel import ViewModel
from livevox.config.modes import Mode, current_mode, modes


def translate(text: str) -> str:
    """A mode's translated title or description; unchanged if it is from a user's preset."""
    return QCoreApplication.translate("modes", text)


def choose(view_model: ViewModel, mode: Mode) -> None:
    """Apply a mode, as one step of undo."""
    view_model.parameters.set_several(mode.values, translate(mode.title))


class ModePicker(QComboBox):
    """The modes as a list, where there is no room for buttons."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.modes = modes()
        for mode in self.modes:
            self.addItem(translate(mode.title))
            tip = f"{translate(mode.title)}: {translate(mode.description)}"
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setPlaceholderText(self.tr("A mix of your own"))
        self.setAccessibleName(self.tr("Mode"))
        self.setToolTip(self.tr("What is heard (keys 1 to {})").format(len(self.modes)))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda index: choose(view_model, self.modes[index]))
        view_model.parameters.changed.connect(lambda *_: self._show())
        self._show()

    def _show(self) -> None:
        current = current_mode(self.modes, self._view_model.parameters.values)
        self.setCurrentIndex(self.modes.index(current) if current else -1)


class ModeBar(QWidget):
    """A button for each mode, the current mode's checked; a :class:`ModePicker` where it is too
    narrow for them."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.modes = modes()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.picker = ModePicker(view_model)
        self.picker.hide()
        outer.addWidget(self.picker)
        self._row = QWidget()
        outer.addWidget(self._row)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        self.buttons: list[QPushButton] = []
        for mode in self.modes:
            title, description = translate(mode.title), translate(mode.description)
            button = QPushButton(unkeyed(title))
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
        choose(self._view_model, mode)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as the list."""
        return QSize(self.picker.minimumSizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Show the buttons where they fit."""
        fits = self._row.minimumSizeHint().width() <= self.width()
        self._row.setVisible(fits)
        self.picker.setVisible(not fits)

    def _show(self) -> None:
        current = self.current
        for mode, button in zip(self.modes, self.buttons, strict=True):
            button.setChecked(mode is current)
