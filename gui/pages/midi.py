"""The MIDI page: ports above, mappings and OSC below."""

from __future__ import annotations

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.model.viewmodel import ViewModel
from gui.pages.midi_learning import MidiLearning
from gui.pages.midi_mappings import MidiMappings
from gui.pages.midi_ports import MidiPorts
from gui.pages.osc_panel import OscPanel
from gui.widgets.scrolled import fill


class MidiPage(QWidget):
    """The ports, learning, the mappings, and OSC."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ports = MidiPorts(view_model)
        self.learning = MidiLearning(view_model)
        self.mappings = MidiMappings(view_model)
        self.osc = OscPanel(view_model)
        self.mappings.refused.connect(self.learning.show_hint)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(self.ports)
        column.addWidget(self.learning)
        column.addWidget(self.mappings, 1)
        column.addWidget(self.osc)
        fill(self, content)
        self.setAccessibleName(self.tr("MIDI"))
