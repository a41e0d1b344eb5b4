"""Choosing a sound device from those that are there just now, and its channels."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QComboBox, QWidget

from gui.model.processes import PythonProcess
from gui.model.viewmodel import ViewModel
from livevox.device.devices import Kind
from livevox.live.commands import PlayTone
from livevox.live.supervisor import COMPUTER

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


class DevicePicker(QComboBox):
    """The devices of one direction, the system's default first. A chosen device that is gone stays
    listed as missing until another is chosen. The inputs have the computer's sound among them."""

    picked = pyqtSignal()
    """Emitted when the user chooses another device."""

    def __init__(
        self, kind: Kind, view_model: ViewModel, watch: DeviceWatch, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.kind: Kind = kind
        self._view_model = view_model
        self._watch = watch
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        is_input = kind == "input"
        self.setAccessibleName(self.tr("Input device") if is_input else self.tr("Output device"))
        self.setToolTip(
            self.tr("Where the music comes from") if is_input else self.tr("Where it is heard")
        )
        self.activated.connect(self._choose)
        watch.changed.connect(self.refresh)
        view_model.status_changed.connect(self.refresh)
        self.refresh()

    @property
    def _chosen(self) -> str | None:
        config = self._view_model.config
        if self.kind == "output":
            return config.output
        return COMPUTER if config.system else config.input

    @property
    def _in_use(self) -> str | None:
        status = self._view_model.status
        if status is None:
            return None
        return status.input if self.kind == "input" else status.output

    @property
    def device(self) -> Found | None:
        """The chosen device, if it is connected."""
        wanted = self._chosen or self.default_name
        return next((d for d in self._watch.devices if d.name == wanted), None)

    @property
    def default_name(self) -> str | None:
        """The system's default, if known."""
        for device in self._watch.devices:
            if self.kind in device.default_for and device.channels(self.kind):
                return device.name
        return None

    def refresh(self, _: object = None) -> None:
        """Show the devices and the choice."""
        if self.view() is not None and self.view().isVisible():  # type: ignore[union-attr]
            # Do not change an open list; the next update comes soon.
            QTimer.singleShot(1000, self.refresh)
            return
        chosen, in_use = self._chosen, self._in_use
        names = [d.name for d in self._watch.devices if d.channels(self.kind)]
        # Some systems hide a device from other programs while it plays.
        ours = self._view_model.config.system
        if in_use and in_use not in names and self._view_model.state == "running" and not ours:
            names.append(in_use)
        whole = _whole(chosen, [*names, *([in_use] if in_use else [])])
        self.setEnabled(self.kind == "input" or not ours)
        default = self.default_name
        first = self.tr("Default: {}").format(short(default)) if default else self.tr("Default")
        items: list[tuple[str, str | None]] = [(first, None)]
        if self.kind == "input":
            items.append((self.tr("This computer's sound"), COMPUTER))
        items += [(short(name), name) for name in names]
        if whole and whole not in [name for _, name in items]:
            items.append((self.tr("Missing: {}").format(short(whole)), whole))
        shown = [(self.itemText(i), self.itemData(i)) for i in range(self.count())]
        if shown != items:
            self.clear()
            for text, name in items:
                self.addItem(text, name)
        self.setCurrentIndex([name for _, name in items].index(whole))

    def _choose(self, index: int) -> None:
        name = self.itemData(index)
        if name == COMPUTER:
            self._view_model.set_devices(files=(), system=True)
        elif name != self._chosen or self._view_model.config.files:
            # Channels chosen for another device don't apply to this one.
            if self.kind == "input":
                self._view_model.set_devices(
                    input=name, input_channels=None, files=(), system=False
                )
            else:
                self._view_model.set_devices(output=name, output_channels=None)
        self.picked.emit()


def _whole(chosen: str | None, names: list[str]) -> str | None:
    """The full name of a device that was chosen by a part of it, such as on the command line."""
    if chosen is None or chosen in names:
        return chosen
    fitting = [name for name in names if chosen.casefold() in name.casefold()]
    return fitting[0] if len(fitting) == 1 else chosen


def short(name: str | None) -> str:
    """A device's full name followed by its host API: "Scarlett 2i2 (ALSA)"."""
    api, colon, own = (name or "").partition(": ")
    if not colon:
        return api
    return f"{own} ({api.removesuffix(' Audio Connection Kit')})"


class ChannelPicker(QComboBox):
    """Which channels of the device are used, counted from 1."""

    def __init__(self, kind: Kind, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        set_devices = view_model.set_devices
        if kind == "input":
            self.setAccessibleName(self.tr("Input channels"))
            self.setToolTip(self.tr("Channels of the device that are taken, counted from 1"))
            self.activated.connect(lambda i: set_devices(input_channels=self.itemData(i)))
        else:
            self.setAccessibleName(self.tr("Output channels"))
            self.setToolTip(self.tr("Channels of the device that the mix goes to, counted from 1"))
            self.activated.connect(lambda i: set_devices(output_channels=self.itemData(i)))
        self.setMinimumContentsLength(3)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def show_channels(
        self,
        device: Found | None,
        chosen: tuple[int, ...] | None,
        taken: Collection[int] = (),
    ) -> None:
        """Show those that ``device`` has, None being its first two that are not ``taken``."""
        have = device.channels(self._kind) if device else 2
        first = [n for n in range(1, have + 1) if n not in taken][:2]
        text = ("-" if first == [1, 2] else ", ").join(map(str, first))
        items: list[tuple[str, tuple[int, ...] | None]] = [(text, None)]
        items += [(f"{n}-{n + 1}", (n, n + 1)) for n in range(3, have, 2)]
        items += [(f"{n}", (n,)) for n in range(1, have + 1)] if have > 1 else []
        if chosen is not None and chosen not in [value for _, value in items]:
            items.append((", ".join(map(str, chosen)), chosen))
        fill_box(self, items, chosen)


def fill_box(box: QComboBox, items: list[tuple[str, Any]], chosen: object) -> None:
    """Show the items, unless they are already shown or the list is open."""
    shown = [(box.itemText(i), box.itemData(i)) for i in range(box.count())]
    view = box.view()
    if shown != items and not (view is not None and view.isVisible()):
        box.clear()
        for text, value in items:
            box.addItem(text, value)
    values = [box.itemData(i) for i in range(box.count())]
    if chosen in values:
        box.setCurrentIndex(values.index(chosen))
