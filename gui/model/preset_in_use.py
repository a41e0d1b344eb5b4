"""The last loaded preset, and whether the parameters still are those of the preset."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from gui.model.parameters import Parameters
from livevox.config.preset import load_preset
from livevox.errors import LivevoxError


class PresetInUse(QObject):
    """Compares the parameters with those of a preset."""

    changed = pyqtSignal(str, bool)
    """:attr:`name` and :attr:`differs`, when either has changed."""

    def __init__(self, parameters: Parameters, parent: QObject) -> None:
        super().__init__(parent)
        self.name = ""
        """The preset's name; empty for none."""
        self.differs = False
        """Whether parameters differ from the preset."""
        self._parameters = parameters
        parameters.shown.connect(self._compare)
        self._saved: dict[str, float] = {}

    def adopt(self, name: str | None) -> None:
        """Compare with this preset from now on; with none if it can't be read."""
        self.name, self._saved = "", {}
        if name:
            try:
                self._saved = load_preset(name).values()
                self.name = name
            except LivevoxError:
                pass
        self.differs = self._compared()
        self.changed.emit(self.name, self.differs)

    def _compare(self) -> None:
        was, self.differs = self.differs, self._compared()
        if was != self.differs:
            self.changed.emit(self.name, self.differs)

    def _compared(self) -> bool:
        return bool(self.name) and self._saved != self._parameters.values
