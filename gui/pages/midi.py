"""MIDI: the ports, an activity light, learning, and the table of what moves what."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QCoreApplication, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.symbols import symbol
from gui.look.theme import theme, themes
from gui.model.scales import SCALES, label
from gui.model.viewmodel import ViewModel
from gui.widgets.scrolled import fill
from livevox.config.preset import presets
from livevox.live.commands import Learn, ListMidi, MidiNames, SetBindings
from livevox.live.status import Status
from livevox.midi.binding import PRESET, Binding
from livevox.parameters import PARAMETERS, SILENCE_DB

LOOK_MS = 1000
LIGHT_MS = 120
PORT_ROWS = 2.5
"""Half a row shows that there are more."""
SYSTEMS = {"linux": ("alsa", "jack"), "darwin": ("core",), "win32": ("winmm",)}
NAMES = {"alsa": "ALSA", "jack": "JACK", "core": "Core MIDI", "winmm": "Windows MIDI"}
"""Of the MIDI systems, which python-rtmidi calls by the keys."""
Names = tuple[str, ...]


def target_label(target: str) -> str:
    """What a target is called in the window."""
    if target.startswith(PRESET):
        return QCoreApplication.translate("MidiPage", "{} (preset)").format(
            target.removeprefix(PRESET)
        )
    return label(target)


def control_label(binding: Binding) -> str:
    """What a MIDI control is called: "CC 7, channel 1"; without a channel it is any."""
    kinds = {
        "cc": "CC",
        "cc14": "CC 14-bit",
        "note": QCoreApplication.translate("MidiPage", "Note"),
        "program": QCoreApplication.translate("MidiPage", "Program"),
    }
    control = f"{kinds[binding.control]} {binding.number}"
    if binding.channel == 0:
        return control
    return QCoreApplication.translate("MidiPage", "{}, channel {}").format(control, binding.channel)


class Light(QWidget):
    """Lights up for a moment where messages come in."""

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
        """So many messages came in."""
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
        """A full disc for on, a ring for off: not by colour alone."""
        colours = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.colour("voice" if self.on else "dim"))
        painter.setBrush(colours.colour("voice") if self.on else QColor(0, 0, 0, 0))
        painter.drawEllipse(self.rect().adjusted(3, 3, -3, -3))


class PortList(QListWidget):
    """The ports of one direction, to be checked; one that is wanted but gone stays, and says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.setFixedHeight(round(PORT_ROWS * 24) + 8)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def show_ports(self, there: Names, wanted: Mapping[str, str | None]) -> None:
        """``there`` are the names of those that are there; ``wanted`` maps the names that were
        asked for to the ports that are open."""
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
        """Return checks, as it presses buttons: Space is for the file."""
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
        """The names that are checked; None while the list is being filled."""
        if self._filling:
            return None
        return tuple(i.data(Qt.ItemDataRole.UserRole) for i in self._items() if _checked(i))

    def _items(self) -> list[QListWidgetItem]:
        items = [self.item(i) for i in range(self.count())]
        return [i for i in items if i is not None and i.data(Qt.ItemDataRole.UserRole) is not None]


def _checked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


class MidiPage(QWidget):
    """Above what is connected, below what it does."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._there = MidiNames((), ())
        self._bindings: tuple[Binding, ...] = ()
        self._showing = False
        self._asked = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._ask_ports)
        self._make()
        view_model.status_changed.connect(self._on_status)
        view_model.midi_received.connect(self.light.flash)
        view_model.learn_mode.changed.connect(self.click_button.setChecked)
        self.click_button.setChecked(view_model.learn_mode.on)
        self.light.count = view_model.midi_messages
        self.light.flash(0)
        # Also after one that could not be had.
        view_model.requests.busy_changed.connect(lambda _: self._show_system())
        self._show_system()
        self._on_status(view_model.status)

    def _make(self) -> None:
        view_model = self._view_model
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
            label = QLabel(text)
            label.setBuddy(ports_list)
            ports_list.setAccessibleName(text.replace("&", ""))
            ports_list.setToolTip(tip)
            ports_list.itemChanged.connect(self._ports_chosen)
            ports.addWidget(label, 0, column)
            ports.addWidget(ports_list, 1, column)
            ports.setColumnStretch(column, 1)

        self.target = QComboBox()
        self.target.setAccessibleName(self.tr("What shall be moved"))
        self.target.setToolTip(self.tr("The parameter or preset that a MIDI control shall move"))
        self.target.setMinimumContentsLength(8)
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
        self.click_button.clicked.connect(view_model.learn_mode.set_on)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "dim")
        learn = QHBoxLayout()
        learn.setSpacing(6)
        label = QLabel(self.tr("&Control"))
        label.setBuddy(self.target)
        learn.addWidget(label)
        learn.addWidget(self.target, 1)
        learn.addWidget(self.learn_button)
        learn.addWidget(self.click_button)

        self.table = QTableWidget(0, 4)
        self.table.setHorizontalHeaderLabels(
            [self.tr("MIDI control"), self.tr("moves"), self.tr("range"), self.tr("how")]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setStyleSheet("QTableView::item { padding-left: 5px; padding-right: 5px; }")
        self.table.setMinimumHeight(72)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.setAccessibleName(self.tr("Mappings"))
        self.table.setToolTip(self.tr("Choose a line to change or delete it"))
        vertical, header = self.table.verticalHeader(), self.table.horizontalHeader()
        assert vertical is not None
        assert header is not None
        vertical.hide()
        vertical.setDefaultSectionSize(28)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.table.itemSelectionChanged.connect(self._show_editor)

        content = QWidget()
        column_layout = QVBoxLayout(content)
        column_layout.setContentsMargins(14, 12, 14, 12)
        column_layout.setSpacing(8)
        column_layout.addLayout(head)
        column_layout.addLayout(ports)
        column_layout.addLayout(learn)
        column_layout.addWidget(self.hint)
        column_layout.addWidget(self.table, 1)
        column_layout.addWidget(self._make_editor())
        fill(self, content)
        self.setAccessibleName(self.tr("MIDI"))

    def _make_editor(self) -> QWidget:
        """What can be changed of the chosen mapping."""
        self.editor = QWidget()
        self.lowest, self.highest = QDoubleSpinBox(), QDoubleSpinBox()
        for spin, name, tip in (
            (self.lowest, self.tr("From"), self.tr("Value with the control at its bottom")),
            (self.highest, self.tr("To"), self.tr("Value with the control at its top")),
        ):
            spin.setAccessibleName(name)
            spin.setToolTip(tip)
            spin.setKeyboardTracking(False)
            spin.setFixedWidth(104)
            spin.valueChanged.connect(self._edited)
        self.curve = QComboBox()
        self.curve.setMinimumContentsLength(5)
        self.curve.addItem(self.tr("linear"), "linear")
        self.curve.addItem(self.tr("by ratios"), "log")
        self.curve.setAccessibleName(self.tr("Curve"))
        self.curve.setToolTip(
            self.tr("By ratios: equal ways are equal ratios, which suits times; both ends above 0")
        )
        self.curve.activated.connect(self._edited)
        self.mode = QComboBox()
        self.mode.addItem(self.tr("toggles"), "toggle")
        self.mode.addItem(self.tr("held"), "momentary")
        self.mode.setAccessibleName(self.tr("Button"))
        self.mode.setToolTip(self.tr("Whether each press switches, or it is on while pressed"))
        self.mode.activated.connect(self._edited)
        self.delete_button = QToolButton()
        self.delete_button.setIcon(symbol("cross"))
        self.delete_button.setAccessibleName(self.tr("Delete this mapping"))
        self.delete_button.setToolTip(self.tr("Delete this mapping (Delete)"))
        self.delete_button.clicked.connect(self.delete)
        row = QHBoxLayout(self.editor)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._range_widgets: list[QWidget] = []
        for text, widget in (
            (self.tr("F&rom"), self.lowest),
            (self.tr("&to"), self.highest),
        ):
            label = QLabel(text)
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget)
            self._range_widgets += [label, widget]
        row.addWidget(self.curve)
        row.addWidget(self.mode)
        row.addStretch(1)
        row.addWidget(self.delete_button)
        self._range_widgets.append(self.curve)
        return self.editor

    # While it can be seen

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Follow the ports."""
        super().showEvent(event)
        self._list_targets()
        self._ask_ports()
        self._look.start()

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Look no longer."""
        super().hideEvent(event)
        self._look.stop()

    def _ask_ports(self) -> None:
        # One question at a time: an engine that starts answers late.
        if not self._asked and self._view_model.state in ("running", "waiting"):
            self._asked = True
            self._view_model.requests.ask(ListMidi(), self._ports_found, self._no_ports)

    def _no_ports(self, _: Exception) -> None:
        self._asked = False

    def _ports_found(self, found: MidiNames) -> None:
        self._asked = False
        self._there = found
        self._show_ports(self._view_model.status)

    # What is shown

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
        api, reason = status.midi_api, status.midi_reason
        if api:
            text = self.tr("on {}").format(NAMES.get(api, api))
            self.state.setText(f"{text}: {reason}" if reason else text)
        else:
            self.state.setText(reason or self.tr("no MIDI system is there"))
        self._show_ports(status)
        self._show_bindings(status.config.bindings)
        learning = status.learning
        self.learn_button.setChecked(learning is not None)
        self.learn_button.setText(self.tr("Cancel") if learning else self.tr("Learn"))
        if learning:
            index = self.target.findData(learning)
            if index >= 0:
                self.target.setCurrentIndex(index)
            text = self.tr("Now move a knob or fader, or press a button, for “{}”.")
            self.hint.setText(text.format(target_label(learning)))
        elif not self._bindings:
            self.hint.setText(
                self.tr("Nothing is mapped yet: choose a control, press Learn, and move a knob.")
            )
        else:
            self.hint.setText("")
        self.hint.setVisible(bool(self.hint.text()))

    def _show_ports(self, status: Status | None) -> None:
        if status is not None:
            self.inputs.show_ports(self._there.inputs, status.midi_inputs)
            self.outputs.show_ports(self._there.outputs, status.midi_outputs)

    def _show_bindings(self, bindings: tuple[Binding, ...]) -> None:
        if bindings == self._bindings:
            return
        before, self._bindings = self._bindings, bindings
        new = [binding for binding in bindings if binding not in before]
        at = bindings.index(new[0]) if len(new) == 1 else self.table.currentRow()
        self._showing = True
        self.table.setRowCount(len(bindings))
        for row, binding in enumerate(bindings):
            texts = (
                control_label(binding),
                target_label(binding.target),
                _range(binding),
                self._how(binding),
            )
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self._showing = False
        if bindings:
            self.table.selectRow(max(0, min(at, len(bindings) - 1)))
        self._show_editor()

    def _how(self, binding: Binding) -> str:
        if binding.preset is not None:
            return self.tr("loads")
        if binding.is_button:
            return self.tr("toggles") if binding.toggles else self.tr("held")
        return self.tr("linear") if binding.curve == "linear" else self.tr("by ratios")

    @property
    def chosen(self) -> Binding | None:
        """The mapping whose line is chosen."""
        rows = {item.row() for item in self.table.selectedItems()}
        row = next(iter(rows), -1)
        return self._bindings[row] if 0 <= row < len(self._bindings) else None

    def _show_editor(self) -> None:
        if self._showing:
            return
        binding = self.chosen
        self.editor.setEnabled(binding is not None)
        moves = binding is not None and binding.preset is None
        self._showing = True
        for widget in self._range_widgets:
            widget.setVisible(moves and binding is not None and not binding.parameter.is_switch)
        self.mode.setVisible(moves and binding is not None and binding.is_button)
        if binding is not None and moves:
            parameter = binding.parameter
            decimals = 3 if parameter.unit == "s" else 2 if parameter.unit == "" else 1
            for spin, value in zip((self.lowest, self.highest), binding.ends, strict=True):
                spin.setDecimals(decimals)
                spin.setRange(parameter.minimum, parameter.maximum)
                spin.setSingleStep(10**-decimals if parameter.unit != "dB" else 1)
                spin.setSuffix(f" {parameter.unit}" if parameter.unit else "")
                silent = parameter.unit == "dB" and parameter.minimum == SILENCE_DB
                spin.setSpecialValueText(self.tr("silence") if silent else "")
                spin.setValue(value)
            self.curve.setCurrentIndex(self.curve.findData(binding.curve))
            if binding.is_button:
                self.curve.hide()
            self.mode.setCurrentIndex(0 if binding.toggles else 1)
        self._showing = False

    def _show_system(self) -> None:
        chosen = self.system.findData(self._view_model.config.midi_api)
        self.system.setCurrentIndex(max(0, chosen))

    # What can be done

    def _system_chosen(self, index: int) -> None:
        config = self._view_model.config
        api = self.system.itemData(index)
        self._view_model.set_midi_ports(config.midi_inputs, config.midi_outputs, api)

    def _ports_chosen(self, _: QListWidgetItem) -> None:
        inputs, outputs = self.inputs.wanted, self.outputs.wanted
        if inputs is not None and outputs is not None:
            self._view_model.set_midi_ports(inputs, outputs, self._view_model.config.midi_api)

    def _learn_clicked(self, on: bool) -> None:
        self._view_model.requests.ask(Learn(self.target.currentData() if on else None))

    def _edited(self, _: object = None) -> None:
        binding = self.chosen
        if self._showing or binding is None:
            return
        try:
            changed = self._from_editor(binding)
        except ValueError as error:
            self.hint.setText(str(error)[:1].upper() + str(error)[1:] + ".")
            self.hint.show()
            return
        self.hint.hide()
        self._replace(binding, changed)

    def _from_editor(self, binding: Binding) -> Binding:
        """The chosen mapping as the editor has it; ValueError where that can't be."""
        changes: dict[str, Any] = {}
        if not binding.parameter.is_switch:
            low, high = self.lowest.value(), self.highest.value()
            own = (binding.parameter.minimum, binding.parameter.maximum)
            ends = (None, None) if (low, high) == own else (low, high)
            changes = {"minimum": ends[0], "maximum": ends[1], "curve": self.curve.currentData()}
        if binding.is_button:
            changes["mode"] = self.mode.currentData()
        return replace(binding, **changes)

    def _replace(self, old: Binding, new: Binding | None) -> None:
        bindings = [new if binding == old else binding for binding in self._bindings]
        self._view_model.requests.ask(SetBindings(tuple(b for b in bindings if b is not None)))

    def delete(self) -> None:
        """Delete the chosen mapping."""
        if (binding := self.chosen) is not None:
            self._replace(binding, None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """Delete deletes."""
        assert event is not None
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self.delete()
        else:
            super().keyPressEvent(event)


def _range(binding: Binding) -> str:
    """The two ends, with the unit."""
    if binding.preset is not None or binding.parameter.is_switch:
        return ""
    scale = SCALES[binding.target]
    low, high = map(scale.text, binding.ends)
    unit = high.rpartition(" ")[2]
    return f"{low.removesuffix(unit).rstrip()} … {high}"
