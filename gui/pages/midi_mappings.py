"""The MIDI mappings: a table of controls and targets, and an editor of the selected one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.model.viewmodel import ViewModel
from gui.pages.midi_labels import control_label, range_label, target_label
from gui.widgets.flow import FlowLayout
from livevox.live.commands import SetBindings
from livevox.live.status import Status
from livevox.midi.binding import Binding
from livevox.parameters import SILENCE_DB


class _Table(QTableWidget):
    def sizeHint(self) -> QSize:  # noqa: N802
        """The header and two rows; more where there is room."""
        return QSize(180, 96)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same."""
        return self.sizeHint()


class MidiMappings(QWidget):
    """A line for each mapping, with the editor below."""

    refused = pyqtSignal(str)
    """Emits why the edited mapping is invalid; "" if it is valid."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._bindings: tuple[Binding, ...] = ()
        self._programs_from = view_model.remembered.settings.programs_from
        self._showing = False
        self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(self._make_editor())
        view_model.status_changed.connect(self._on_status)
        self._on_status(view_model.status)

    def _make_table(self) -> None:
        self.table = _Table(0, 4)
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
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
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
        header.setMinimumSectionSize(84)
        self.table.itemSelectionChanged.connect(self._show_editor)

    def _make_editor(self) -> QWidget:
        """The editor of the selected mapping."""
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
        self.mode.addItem(self.tr("each press switches"), "toggle")
        self.mode.addItem(self.tr("on while pressed"), "momentary")
        self.mode.setAccessibleName(self.tr("Button"))
        self.mode.setToolTip(self.tr("Whether each press switches, or it is on while pressed"))
        self.mode.activated.connect(self._edited)
        self.programs = QComboBox()
        self.programs.addItem(self.tr("from 1"), 1)
        self.programs.addItem(self.tr("from 0"), 0)
        self.programs.setAccessibleName(self.tr("My device counts programs"))
        self.programs.setToolTip(
            self.tr("How your device numbers its programs; in MIDI the first one is 0")
        )
        self.programs.setCurrentIndex(self.programs.findData(self._programs_from))
        self.programs.activated.connect(self._programs_chosen)
        self.delete_button = QPushButton(self.tr("Delete mapping"))
        self.delete_button.setToolTip(self.tr("Delete this mapping (Delete)"))
        self.delete_button.clicked.connect(self.delete)
        row = FlowLayout(6, self.editor)
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
        label = QLabel(self.tr("My device counts &programs"))
        label.setBuddy(self.programs)
        self._program_widgets: list[QWidget] = [label, self.programs]
        row.addWidget(label)
        row.addWidget(self.programs)
        row.addWidget(self.delete_button)
        self._range_widgets.append(self.curve)
        return self.editor

    # Display

    def _on_status(self, status: Status | None) -> None:
        if status is not None:
            self._show_bindings(status.config.bindings)

    def _show_bindings(self, bindings: tuple[Binding, ...]) -> None:
        if bindings != self._bindings:
            before, self._bindings = self._bindings, bindings
            self._fill(before)

    def _fill(self, before: tuple[Binding, ...]) -> None:
        """Show the bindings, and choose the one that was not among those ``before``."""
        bindings = self._bindings
        new = [binding for binding in bindings if binding not in before]
        at = bindings.index(new[0]) if len(new) == 1 else self.table.currentRow()
        self._showing = True
        self.table.setRowCount(len(bindings))
        for row, binding in enumerate(bindings):
            texts = (
                control_label(binding, self._programs_from),
                target_label(binding.target),
                range_label(binding),
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
            return self.tr("loads it")
        if binding.is_button:
            return (
                self.tr("each press switches") if binding.toggles else self.tr("on while pressed")
            )
        return self.tr("linear") if binding.curve == "linear" else self.tr("by ratios")

    @property
    def chosen(self) -> Binding | None:
        """The selected mapping."""
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
        for widget in self._program_widgets:
            widget.setVisible(binding is not None and binding.control == "program")
        self.mode.setVisible(moves and binding is not None and binding.is_button)
        if binding is not None and moves:
            parameter = binding.parameter
            decimals = {"s": 3, "": 2, "semitones": 2}.get(parameter.unit, 1)
            for spin, value in zip((self.lowest, self.highest), binding.ends, strict=True):
                spin.setDecimals(decimals)
                spin.setRange(parameter.minimum, parameter.maximum)
                whole = parameter.unit == "dB" or parameter.notch
                spin.setSingleStep(1 if whole else 10**-decimals)
                spin.setSuffix(f" {parameter.unit}" if parameter.unit else "")
                silent = parameter.unit == "dB" and parameter.minimum == SILENCE_DB
                spin.setSpecialValueText(self.tr("silence") if silent else "")
                spin.setValue(value)
            self.curve.setCurrentIndex(self.curve.findData(binding.curve))
            if binding.is_button:
                self.curve.hide()
            self.mode.setCurrentIndex(0 if binding.toggles else 1)
        self._showing = False

    # Actions

    def _programs_chosen(self, _: int) -> None:
        self._programs_from = self.programs.currentData()
        self._view_model.remembered.change(programs_from=self._programs_from)
        self._fill(self._bindings)

    def _edited(self, _: object = None) -> None:
        binding = self.chosen
        if self._showing or binding is None:
            return
        try:
            changed = self._from_editor(binding)
        except ValueError as error:
            self.refused.emit(str(error)[:1].upper() + str(error)[1:] + ".")
            return
        self.refused.emit("")
        self._replace(binding, changed)

    def _from_editor(self, binding: Binding) -> Binding:
        """The selected mapping with the editor's values; ValueError if they are invalid."""
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
        """Delete the selected mapping."""
        if (binding := self.chosen) is not None:
            self._replace(binding, None)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802
        """The Delete key deletes the selected mapping."""
        assert event is not None
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self.delete()
        else:
            super().keyPressEvent(event)
