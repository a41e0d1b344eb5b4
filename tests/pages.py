"""What the tests of the window's pages do as a user does."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QWidget

from tests.gui_harness import LiveWindow, wait_until

LEFT = Qt.MouseButton.LeftButton


def click(widget: QWidget, where: QPoint | None = None) -> None:
    assert widget.isVisible(), widget.accessibleName()
    assert widget.isEnabled(), widget.accessibleName()
    QTest.mouseClick(widget, LEFT, pos=where or QPoint())


def type_name(live: LiveWindow, name: str) -> None:
    """Answer the question of the preset bar."""
    edit = live.window.preset_bar.question.name_edit
    edit.selectAll()
    QTest.keyClicks(edit, name)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    wait_until(lambda: live.view_model.preset.name == name)
    wait_until(lambda: shown_name(live) == name)


def shown_name(live: LiveWindow) -> str:
    """The preset bar's text, with the mark for changes."""
    return str(live.window.preset_bar.choice.currentText())


def texts(box: QComboBox) -> list[str]:
    return [box.itemText(i) for i in range(box.count())]


def pick(box: QComboBox, data: object) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())
