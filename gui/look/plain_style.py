"""Names of files, devices and presets are shown as they are, whatever is in them."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QProxyStyle


class PlainStyle(QProxyStyle):
    """Fusion, with plain text in every label and tooltip: Qt would take a name that has markup in
    it for rich text."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, what: Any) -> Any:
        """Each widget is polished before it is shown; tooltips are labels, too."""
        if isinstance(what, QLabel):
            what.setTextFormat(Qt.TextFormat.PlainText)
        return super().polish(what)


def unkeyed(text: str) -> str:
    """A name as the text of a button or a menu's entry, where "&" would mark a key."""
    return text.replace("&", "&&")
