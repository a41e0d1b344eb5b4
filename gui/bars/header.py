"""The header of the window: the tabs of the pages, and controls common to all pages."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from gui.bars.menu import MenuButton
from gui.bars.preset import PresetBar
from gui.bars.recording import RecordingBar
from gui.widgets.folding import FoldingBar


class Header(FoldingBar):
    """The name, a tab for each page by its index, and on the right the presets, the recording and
    the menu."""

    def __init__(
        self,
        presets: PresetBar,
        recording: RecordingBar,
        menu: MenuButton,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        brand = QLabel("livevox")
        brand.setObjectName("brand")
        row.addWidget(brand)
        self.tabs = QButtonGroup(self)
        for index, (text, tip) in enumerate(
            (
                (self.tr("Mix"), self.tr("What is heard, and the mix")),
                (self.tr("Source"), self.tr("Devices, files and models")),
                (self.tr("MIDI"), self.tr("MIDI controllers")),
            )
        ):
            tab = QPushButton(text)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setChecked(index == 0)
            tab.setToolTip(self.tr("{} (Ctrl+{})").format(tip, index + 1))
            self.tabs.addButton(tab, index)
            row.addWidget(tab)
        row.addStretch(1)
        for widget in (presets, recording, menu):
            row.addWidget(widget)
        self.folds = [brand.setHidden, recording.fold, presets.fold, presets.setHidden]
