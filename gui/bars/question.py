"""A question in a row of the window: for a name, or for a confirmation."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from gui.look.symbols import symbol
from gui.widgets.labels import ElidedLabel

WORDS = 90
"""Pixels that the question has at least, where it needs them."""


class Question(QWidget):
    """Text, an optional field for a name, and buttons to accept and to cancel."""

    left = pyqtSignal()
    """Without an answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Callable[[str], None] = lambda _: None
        self.wording = ElidedLabel()
        self.name_edit = QLineEdit()
        self.name_edit.setMaxLength(60)
        self.name_edit.setMinimumWidth(60)
        self.name_edit.returnPressed.connect(self._accept)
        self.name_edit.textChanged.connect(self._check_name)
        self.yes = QPushButton()
        self.yes.clicked.connect(self._accept)
        self.no = QToolButton()
        self.no.setIcon(symbol("cross"))
        self.no.setToolTip(self.tr("Leave everything as it is (Escape)"))
        self.no.setAccessibleName(self.tr("Cancel"))
        self.no.clicked.connect(self.left)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.wording, 1)
        layout.addWidget(self.name_edit, 2)
        layout.addWidget(self.yes)
        layout.addWidget(self.no)
        for widget in (self.name_edit, self.yes, self.no):
            widget.installEventFilter(self)

    def ask(
        self, question: str, yes: str, answer: Callable[[str], None], name: str | None = None
    ) -> None:
        """Ask; with ``name``, ask for a name, starting from it. ``answer`` gets the name."""
        self._answer = answer
        self.wording.setText(question)
        self.wording.setToolTip(question)
        needed = self.wording.fontMetrics().horizontalAdvance(question) + 6
        self.wording.setMinimumWidth(min(needed, WORDS))
        self.yes.setText(yes)
        self.name_edit.setVisible(name is not None)
        self.name_edit.setAccessibleName(question)
        self.name_edit.setText(name or "")
        self._check_name()

    def focus(self) -> None:
        """Focus the name, or else the button that changes nothing."""
        if self.name_edit.isHidden():
            self.no.setFocus()
        else:
            self.name_edit.selectAll()
            self.name_edit.setFocus()

    def _check_name(self) -> None:
        self.yes.setEnabled(self.name_edit.isHidden() or bool(self.name_edit.text().strip()))

    def _accept(self) -> None:
        if self.yes.isEnabled():
            self._answer(self.name_edit.text().strip())

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802
        """Escape cancels a question, instead of its action in the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
