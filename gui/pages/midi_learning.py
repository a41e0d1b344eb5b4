"""MIDI learn: the target chosen here or clicked is bound to the control that moves most."""

from __future__ import annotations

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.model.viewmodel import ViewModel
from gui.pages.midi_labels import target_label
from gui.widgets.flow import FlowLayout
from livevox.config.preset import presets
from livevox.live.commands import Learn
from livevox.live.status import Status
from livevox.midi.binding import PRESET
from livevox.parameters import PARAMETERS


class MidiLearning(QWidget):
    """The target, the buttons that start MIDI learn, and a hint below."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._make()
        view_model.status_changed.connect(self._on_status)
        view_model.learn_mode.changed.connect(self.click_button.setChecked)
        self.click_button.setChecked(view_model.learn_mode.on)
        self._on_status(view_model.status)

    def _make(self) -> None:
        self.target = QComboBox()
        self.target.setAccessibleName(self.tr("What shall be moved"))
        self.target.setToolTip(self.tr("The parameter or preset that a MIDI control shall move"))
        self.target.setMinimumContentsLength(8)
        self.target.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.learn_button = QPushButton(self.tr("Learn"))
        self.learn_button.setCheckable(True)
        self.learn_button.setToolTip(
            self.tr("Then move the knob, fader or button that shall move this")
        )
        self.learn_button.clicked.connect(self._learn_clicked)
        self.click_button = QPushButton(self.tr("Learn by clicking"))
        self.click_button.setCheckable(True)
        self.click_button.setToolTip(
            self.tr("Click any control in the window, then move a knob; Escape ends this (Ctrl+L)")
        )
        self.click_button.clicked.connect(self._view_model.learn_mode.set_on)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "dim")
        learn = FlowLayout(6)
        label = QLabel(self.tr("&Control"))
        label.setBuddy(self.target)
        learn.addWidget(label)
        learn.addWidget(self.target)
        learn.stretched = {self.target}
        learn.addWidget(self.learn_button)
        learn.addWidget(self.click_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(learn)
        column.addWidget(self.hint)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Update the list of presets."""
        super().showEvent(event)
        self._list_targets()

    def _list_targets(self) -> None:
        targets = [*PARAMETERS, *(f"{PRESET}{name}" for name in presets())]
        if targets != [self.target.itemData(i) for i in range(self.target.count())]:
            chosen = self.target.currentData()
            self.target.clear()
            for target in targets:
                self.target.addItem(target_label(target), target)
            self.target.setCurrentIndex(max(0, self.target.findData(chosen)))

    def _on_status(self, status: Status | None) -> None:
        if status is None:
            return
        learning = status.learning
        self.learn_button.setChecked(learning is not None)
        self.learn_button.setText(self.tr("Cancel") if learning else self.tr("Learn"))
        if learning:
            index = self.target.findData(learning)
            if index >= 0:
                self.target.setCurrentIndex(index)
            text = self.tr(
                "Now press a button, or move a knob or fader for a second, for “{}”. "
                "Turn an endless knob to the right and back."
            )
            self.show_hint(text.format(target_label(learning)))
        elif not status.config.bindings:
            self.show_hint(
                self.tr("Nothing is mapped yet: choose a control, press Learn, and move a knob.")
            )
        else:
            self.show_hint("")

    def show_hint(self, text: str) -> None:
        """Show ``text``; "" hides the hint."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))

    def _learn_clicked(self, on: bool) -> None:
        self._view_model.requests.ask(Learn(self.target.currentData() if on else None))
