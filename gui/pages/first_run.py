"""The first-run guide: choose an input, an output and a mode."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.look.style_sheet import set_role
from gui.model.viewmodel import ViewModel
from gui.pages.device_pickers import DevicePicker
from gui.pages.device_watch import DeviceFollower
from gui.widgets.modes import ModeBar, translate
from gui.widgets.scrolled import fill
from livevox.live.commands import PlayTone


class FirstRun(DeviceFollower):
    """Three steps on one page; all are optional and can be changed later."""

    finished = pyqtSignal()
    """Emitted when the guide is closed."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(view_model, parent)
        self._make()
        view_model.status_changed.connect(lambda _: self._show_state())
        view_model.state_changed.connect(lambda _: self._show_state())
        view_model.parameters.changed.connect(lambda *_: self._show_mode())
        self.watch.changed.connect(self._show_state)
        self._show_state()
        self._show_mode()

    def _make(self) -> None:
        title = QLabel(self.tr("Welcome: three choices, and you hear it"))
        title.setProperty("role", "title")
        self.input = DevicePicker("input", self._view_model, self.watch)
        self.output = DevicePicker("output", self._view_model, self.watch)
        self.tone = QPushButton(self.tr("Test tone"))
        self.tone.setCheckable(True)
        self.tone.setToolTip(self.tr("Play a quiet tone on the output, 440 Hz at -20 dB"))
        self.tone.clicked.connect(lambda on: self._view_model.requests.ask(PlayTone(on)))
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.modes = ModeBar(self._view_model)
        self.mode_help = QLabel()
        self.mode_help.setProperty("role", "dim")
        self.mode_help.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.done = QPushButton(self.tr("Start"))
        self.done.setProperty("role", "primary")
        self.done.setDefault(True)
        self.done.setToolTip(self.tr("Close this guide; all of it can be changed at any time"))
        self.done.clicked.connect(self.finish)

        steps = QGridLayout()
        steps.setHorizontalSpacing(8)
        steps.setVerticalSpacing(4)
        steps.setColumnStretch(1, 1)
        source = QLabel(self.tr("Where the music comes from; or drop a file"))
        target = QLabel(self.tr("Where it is heard"))
        rows: tuple[tuple[str, QLabel, QWidget, QWidget | None], ...] = (
            (self.tr("&Input"), source, self.input, None),
            (self.tr("&Output"), target, self.output, self.tone),
            (self.tr("Mode"), self.mode_help, self.modes, None),
        )
        for step, (name, hint, chooser, further) in enumerate(rows):
            number = QLabel(str(step + 1))
            number.setProperty("role", "title")
            number.setFixedWidth(16)
            label = QLabel(name)
            label.setProperty("role", "number")
            hint.setProperty("role", "dim")
            hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words = QHBoxLayout()
            words.setSpacing(10)
            words.addWidget(label)
            words.addWidget(hint, 1)
            steps.addWidget(number, 3 * step, 0, Qt.AlignmentFlag.AlignTop)
            steps.addLayout(words, 3 * step, 1, 1, 2)
            label.setBuddy(chooser)
            # The modes need the whole width.
            first = 0 if chooser is self.modes else 1
            steps.addWidget(chooser, 3 * step + 1, first, 1, 3 - first - bool(further))
            if further is not None:
                steps.addWidget(further, 3 * step + 1, 2)
            steps.setRowMinimumHeight(3 * step + 2, 8)

        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.done)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(steps)
        column.addStretch(1)
        steps_page = QWidget()
        fill(steps_page, content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(steps_page, 1)
        foot.setContentsMargins(12, 6, 12, 12)
        outer.addLayout(foot)
        self.setAccessibleName(self.tr("Guide for the first run"))

    def sizeHint(self) -> QSize:  # noqa: N802
        """A size that fits into any window."""
        return QSize(520, 400)

    def _show_state(self) -> None:
        running = self._view_model.state == "running"
        status = self._view_model.status
        reason = (status and status.reason) or self.watch.problem
        if running:
            text, role = self.tr("● Ready. Start makes it heard: softly, then louder."), "music"
        elif reason:
            text, role = self.tr("▲ No sound yet: {}").format(reason), "voice"
        else:
            text, role = self.tr("The sound engine is starting…"), "dim"
        self.tone.setEnabled(running)
        self.tone.setChecked(bool(status and status.tone))
        self.state.setText(text)
        set_role(self.state, role)

    def _show_mode(self) -> None:
        mode = self.modes.current
        text = self.tr("What is heard") if mode is None else translate(mode.description)
        self.mode_help.setText(text[:1].upper() + text[1:])

    def finish(self) -> None:
        """Close the guide permanently, and open the output."""
        self._view_model.let_through()
        self._view_model.remembered.save()
        self.finished.emit()
