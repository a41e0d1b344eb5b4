"""A question that is asked in a row of the window: for a name, or whether to go on."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from gui.look.symbols import symbol


class Question(QWidget):
    """Text, perhaps a field for a name, and the buttons to accept and to leave."""

    left = pyqtSignal()
    """Without an answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Callable[[str], None] = lambda _: None
        self.text = QLabel()
        self.name_edit = QLineEdit()
        self.name_edit.setMaxLength(60)
        self.name_edit.setMinimumWidth(90)
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
        layout.addWidget(self.text)
        layout.addWidget(self.name_edit, 1)
        layout.addWidget(self.yes)
        layout.addWidget(self.no)
        for widget in (self.name_edit, self.yes, self.no):
            widget.installEventFilter(self)

    def ask(
        self, question: str, yes: str, answer: Callable[[str], None], name: str | None = None
    ) -> None:
        """Ask; for a name, where one is given to begin with. ``answer`` gets the name."""
        self._answer = answer
        self.text.setText(question)
        self.yes.setText(yes)
        self.name_edit.setVisible(name is not None)
        self.name_edit.setAccessibleName(question)
        self.name_edit.setText(name or "")
        self._check_name()

    def focus(self) -> None:
        """Go to the name, or where none is wanted to what changes nothing."""
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
        """Escape leaves a question, whatever it means elsewhere in the window."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
