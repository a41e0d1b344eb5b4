"""The models: a line for each with its latency, to choose one."""

from __future__ import annotations

import json
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.look.plain_style import unkeyed
from gui.model.processes import PythonProcess
from gui.model.viewmodel import ViewModel
from livevox.live.commands import UseModel


class ModelList(QWidget):
    """The models that `livevox models` lists, and the one in use."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._models: list[dict[str, Any]] = []
        self._latency: float | None = None
        self._lister = PythonProcess(self, self._models_listed)
        self._group = QButtonGroup(self)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(16)
        self._rows.setVerticalSpacing(4)
        self._rows.setColumnStretch(3, 1)
        self._wait = QLabel(self.tr("Looking which models there are…"))
        self._wait.setProperty("role", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self._wait)
        column.addLayout(self._rows)

    @property
    def listed(self) -> bool:
        """Whether the list of models is known."""
        return bool(self._models)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Update the list of models."""
        super().showEvent(event)
        if not self._models and not self._lister.running:
            self._lister.start("livevox.cli", "models", "--json")

    def show_latency(self, latency: float) -> None:
        """Set the latency of the network in use, in ms, for a model that is not in the list."""
        self._latency = latency
        self.refresh()

    def _models_listed(self, well: bool, error: str) -> None:
        if well:
            self._models = json.loads(self._lister.output)
        self._wait.setVisible(not well)
        self._wait.setText(error)
        self.refresh()

    def refresh(self) -> None:
        """A line for each model: name, latency and suitable use."""
        chosen = self._view_model.config.model
        rows = [(model["name"], model["latency_ms"]) for model in self._models]
        if chosen not in [name for name, _ in rows]:
            rows.append((chosen, self._latency))
        shown = [button.property("model") for button in self._group.buttons()]
        if shown != [name for name, _ in rows]:
            self._make_rows([name for name, _ in rows])
        for row, (_, latency) in enumerate(rows):
            label = self._rows.itemAtPosition(row, 1)
            hint = self._rows.itemAtPosition(row, 2)
            assert label is not None
            assert hint is not None
            cost, use = label.widget(), hint.widget()
            assert isinstance(cost, QLabel)
            assert isinstance(use, QLabel)
            cost.setText("" if latency is None else f"{latency:.0f} ms")
            use.setText(self._use(latency))
        for button in self._group.buttons():
            button.setChecked(button.property("model") == chosen)

    def _make_rows(self, names: list[str]) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        ask = self._view_model.requests.ask
        for row, name in enumerate(names):
            # Show a file's name only; the tooltip has the whole path.
            short = name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".onnx")
            button = QRadioButton(unkeyed(short))
            button.setProperty("model", name)
            text = self.tr("Use the model {}; the sound stops for a moment")
            button.setToolTip(text.format(name))
            button.clicked.connect(lambda _, model=name: ask(UseModel(model)))
            self._group.addButton(button)
            cost, use = QLabel(), QLabel()
            cost.setProperty("role", "number")
            cost.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            cost.setToolTip(self.tr("Latency of the network, in milliseconds"))
            use.setProperty("role", "dim")
            use.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._rows.addWidget(button, row, 0)
            self._rows.addWidget(cost, row, 1)
            self._rows.addWidget(use, row, 2, 1, 2)

    def _use(self, latency: float | None) -> str:
        """The suitable use of a latency in ms."""
        if latency is None:
            return ""
        if latency < 30:
            return self.tr("for singing along: the least latency")
        if latency < 100:
            return self.tr("for the stage and for singing along")
        return self.tr("for listening: too late to sing along")
