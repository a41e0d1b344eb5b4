"""The MIDI ports: the MIDI system, the inputs, and the outputs for feedback."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.look.theme import theme, themes
from gui.model.viewmodel import ViewModel
from gui.widgets.labels import add_column
from livevox.live.commands import ListMidi, MidiNames
from livevox.live.status import Status

LOOK_MS = 1000
LIGHT_MS = 120
PORT_ROWS = 2.5
"""Half a row shows that there are more."""
SYSTEMS = {"linux": ("alsa", "jack"), "darwin": ("core",), "win32": ("winmm",)}
NAMES = {"alsa": "ALSA", "jack": "JACK", "core": "Core MIDI", "winmm": "Windows MIDI"}
"""Names of the MIDI systems by python-rtmidi's keys."""
Names = tuple[str, ...]


class Light(QWidget):
    """A light that flashes when messages arrive."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on = False
        self.count = 0
        self._off = QTimer(self)
        self._off.setSingleShot(True)
        self._off.timeout.connect(self._go_out)
        self.setFixedSize(QSize(18, 18))
        self.setAccessibleName(self.tr("MIDI activity"))
        self.flash(0)
        themes().changed.connect(self.update)

    def flash(self, messages: int) -> None:
        """Count new messages, and flash if there are any."""
        self.count += messages
        self.setToolTip(self.tr("{} MIDI messages so far").format(self.count))
        if messages:
            self.on = True
            self._off.start(LIGHT_MS)
            self.update()

    def _go_out(self) -> None:
        self.on = False
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint a full disc for on, a ring for off, to differ not only by colour."""
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.colour("voice" if self.on else "dim"))
        painter.setBrush(colours.colour("voice") if self.on else QColor(0, 0, 0, 0))
        painter.drawEllipse(self.rect().adjusted(3, 3, -3, -3))


class PortList(QListWidget):
    """The ports of one direction with check boxes; a checked port that is gone stays listed as
    missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.setFixedHeight(round(PORT_ROWS * 24) + 8)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def show_ports(self, there: Names, wanted: Mapping[str, str | None]) -> None:
        """``there`` are the names of existing ports; ``wanted`` maps the requested names to the
        open ports."""
        rows: list[tuple[str, str, bool]] = []
        for key, port in wanted.items():
            gone = self.tr("{} (not connected)").format(key)
            rows.append((key, port if port else gone, True))
        open_ports = set(wanted.values())
        rows += [(name, name, False) for name in there if name not in {*wanted, *open_ports}]
        shown = [(i.data(Qt.ItemDataRole.UserRole), i.text(), _checked(i)) for i in self._items()]
        if shown == rows and self.count():
            return
        self._filling = True
        at = self.currentRow()
        self.clear()
        for key, text, checked in rows:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            item.setToolTip(text)
            self.addItem(item)
        if not rows:
            item = QListWidgetItem(self.tr("None is connected"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(item)
        self.setCurrentRow(max(0, min(at, self.count() - 1)))
        self._filling = False

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Make Return toggle a check box, because Space plays and pauses the file."""
        assert event is not None
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                states = Qt.CheckState.Checked, Qt.CheckState.Unchecked
                item.setCheckState(states[_checked(item)])
        else:
            super().keyPressEvent(event)

    @property
    def wanted(self) -> Names | None:
        """The checked names; None while the list is being filled."""
        if self._filling:
            return None
        return tuple(i.data(Qt.ItemDataRole.UserRole) for i in self._items() if _checked(i))

    def _items(self) -> list[QListWidgetItem]:
        items = [self.item(i) for i in range(self.count())]
        return [i for i in items if i is not None and i.data(Qt.ItemDataRole.UserRole) is not None]


def _checked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


class MidiPorts(QWidget):
    """The MIDI system with an activity light, and a list of ports for each direction."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._there = MidiNames((), ())
        self._asked = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._ask_ports)
        self._make()
        view_model.status_changed.connect(self._on_status)
        view_model.midi_received.connect(self.light.flash)
        self.light.count = view_model.midi_messages
        self.light.flash(0)
        # Also after a port that could not be opened.
        view_model.requests.busy_changed.connect(lambda _: self._show_system())
        self._show_system()
        self._on_status(view_model.status)

    def _make(self) -> None:
        self.light = Light()
        self.system = QComboBox()
        self.system.setAccessibleName(self.tr("MIDI system"))
        self.system.setToolTip(self.tr("The part of the system that carries MIDI"))
        self.system.addItem(self.tr("Automatic"), None)
        for api in SYSTEMS.get(sys.platform, ()):
            self.system.addItem(NAMES[api], api)
        self.system.activated.connect(self._system_chosen)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setProperty("role", "dim")
        head = QHBoxLayout()
        head.setSpacing(8)
        title = QLabel(self.tr("MIDI"))
        title.setProperty("role", "title")
        head.addWidget(title)
        head.addWidget(self.light)
        head.addWidget(self.system)
        head.addWidget(self.state, 1)

        self.inputs, self.outputs = PortList(), PortList()
        ports = QGridLayout()
        ports.setHorizontalSpacing(12)
        ports.setVerticalSpacing(4)
        for column, (text, tip, ports_list) in enumerate(
            (
                (self.tr("&Listen to"), self.tr("Inputs whose knobs and keys count"), self.inputs),
                (
                    self.tr("&Show values on"),
                    self.tr("Outputs whose motor faders and lights follow the parameters"),
                    self.outputs,
                ),
            )
        ):
            add_column(ports, 0, column, text, tip, ports_list)
            ports_list.itemChanged.connect(self._ports_chosen)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(8)
        column_layout.addLayout(head)
        column_layout.addLayout(ports)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Follow the ports."""
        super().showEvent(event)
        self._ask_ports()
        self._look.start()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Look no longer."""
        super().hideEvent(event)
        self._look.stop()

    def _ask_ports(self) -> None:
        # One request at a time: a starting engine answers late.
        if not self._asked and self._view_model.state in ("running", "waiting"):
            self._asked = True
            self._view_model.requests.ask(ListMidi(), self._ports_found, self._no_ports)

    def _no_ports(self, _: Exception) -> None:
        self._asked = False

    def _ports_found(self, found: MidiNames) -> None:
        self._asked = False
        self._there = found
        self._show_ports(self._view_model.status)

    def _on_status(self, status: Status | None) -> None:
        if status is None:
            return
        api, reason = status.midi_api, status.midi_reason
        if api:
            text = self.tr("on {}").format(NAMES.get(api, api))
            self.state.setText(f"{text}: {reason}" if reason else text)
        else:
            self.state.setText(reason or self.tr("no MIDI system is there"))
        self._show_ports(status)

    def _show_ports(self, status: Status | None) -> None:
        if status is not None:
            self.inputs.show_ports(self._there.inputs, status.midi_inputs)
            self.outputs.show_ports(self._there.outputs, status.midi_outputs)

    def _show_system(self) -> None:
        chosen = self.system.findData(self._view_model.config.midi_api)
        self.system.setCurrentIndex(max(0, chosen))

    def _system_chosen(self, index: int) -> None:
        config = self._view_model.config
        api = self.system.itemData(index)
        self._view_model.set_midi_ports(config.midi_inputs, config.midi_outputs, api)

    def _ports_chosen(self, _: QListWidgetItem) -> None:
        inputs, outputs = self.inputs.wanted, self.outputs.wanted
        if inputs is not None and outputs is not None:
            self._view_model.set_midi_ports(inputs, outputs, self._view_model.config.midi_api)
