"""The sound devices that are there just now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from gui.model.processes import PythonProcess
from gui.model.viewmodel import ViewModel
from livevox.device.devices import Kind
from livevox.live.commands import PlayTone

RESTART_MS = 2000


@dataclass(frozen=True)
class Found:
    """A connected device: full name, channels and default rate in Hz."""

    name: str
    inputs: int
    outputs: int
    rate: int
    default_for: tuple[Kind, ...]

    def channels(self, kind: Kind) -> int:
        """The number of channels in that direction."""
        return self.inputs if kind == "input" else self.outputs


class DeviceWatch(QObject):
    """Follows the list of devices while a page needs it: see :meth:`want`.

    It runs `livevox.device.watch`, because the engine can't list devices while sound flows.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.devices: list[Found] = []
        self.problem = ""
        """The reason if there are none."""
        self.known = False
        """Whether the first list has arrived."""
        self._wanted = False
        self._process: PythonProcess | None = None

    def want(self, wanted: bool) -> None:
        """Start or stop following the devices."""
        self._wanted = wanted
        if wanted and self._process is None:
            self._process = PythonProcess(self, self._ended)
            self._process.start("livevox.device.watch", on_line=self._on_line)
        elif not wanted and self._process is not None:
            self._process.end()
            self._process = None

    def _on_line(self, line: str) -> None:
        found = json.loads(line)
        self.known = True
        self.problem = found if isinstance(found, str) else ""
        self.devices = [] if isinstance(found, str) else [_found(each) for each in found]
        self.changed.emit()

    def _ended(self, well: bool, error: str) -> None:
        """Restart the process, which ends by itself only if PortAudio crashes."""
        self._process = None
        QTimer.singleShot(RESTART_MS, self._again)

    def _again(self) -> None:
        self.want(self._wanted)


def _found(found: dict[str, Any]) -> Found:
    return Found(**found | {"default_for": tuple(found["default_for"])})


class DeviceFollower(QWidget):
    """A page that follows the devices while it is visible, and stops the test tone when hidden."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.watch = DeviceWatch(self)

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802
        """Look."""
        super().showEvent(event)
        self.watch.want(True)

    def hideEvent(self, event: QHideEvent | None) -> None:  # noqa: N802
        """Look no longer."""
        super().hideEvent(event)
        self.watch.want(False)
        status = self._view_model.status
        if status is not None and status.tone:
            self._view_model.requests.ask(PlayTone(False))
