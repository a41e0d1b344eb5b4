"""Choosing a sound device from those that are there just now, and its channels."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PyQt6.QtCore import QCoreApplication, QTimer, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QWidget

from gui.model.viewmodel import ViewModel
from gui.pages.device_watch import DeviceWatch, Found
from livevox.device.devices import Kind
from livevox.live.supervisor import COMPUTER


class NamedPicker(QComboBox):
    """The devices of one direction, by name, after the items of a subclass. A chosen device that is
    gone stays listed as missing until another is chosen."""

    def __init__(
        self, kind: Kind, view_model: ViewModel, watch: DeviceWatch, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.kind: Kind = kind
        self._view_model = view_model
        self._watch = watch
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        watch.changed.connect(self.refresh)
        view_model.status_changed.connect(self.refresh)

    @property
    def _chosen(self) -> str | None:
        """The choice: a device's name or a part of it, or None."""
        raise NotImplementedError

    @property
    def _in_use(self) -> str | None:
        """The full name of the device that is open."""
        raise NotImplementedError

    @property
    def _usual(self) -> str | None:
        """The full name of the device that None stands for, if it is known here."""
        return None

    def _first_items(self) -> list[tuple[str, str | None]]:
        raise NotImplementedError

    @property
    def device(self) -> Found | None:
        """The chosen device, if it is connected."""
        names = [d.name for d in self._watch.devices if d.channels(self.kind)]
        wanted = self._whole(names) or self._usual
        return next((d for d in self._watch.devices if d.name == wanted), None)

    def _whole(self, names: list[str]) -> str | None:
        """The full name of the choice. On the command line and in settings, a part is enough."""
        chosen = self._chosen
        if chosen is None or chosen == COMPUTER or chosen in names:
            return chosen
        if self._in_use and self._view_model.state == "running":
            return self._in_use
        fitting = [name for name in names if chosen.casefold() in name.casefold()]
        return fitting[0] if len(fitting) == 1 else chosen

    def refresh(self, _: object = None) -> None:
        """Show the devices and the choice."""
        if self.view() is not None and self.view().isVisible():  # type: ignore[union-attr]
            # Do not change an open list; the next update comes soon.
            QTimer.singleShot(1000, self.refresh)
            return
        in_use = self._in_use
        names = [d.name for d in self._watch.devices if d.channels(self.kind)]
        # Some systems hide a device from other programs while it plays.
        ours = self._view_model.config.system
        if in_use and in_use not in names and self._view_model.state == "running" and not ours:
            names.append(in_use)
        whole = self._whole(names)
        items = self._first_items() + [(short(name), name) for name in names]
        if whole and whole not in [name for _, name in items]:
            missing = QCoreApplication.translate("NamedPicker", "Missing: {}")
            items.append((missing.format(short(whole)), whole))
        fill_box(self, items, whole)


class DevicePicker(NamedPicker):
    """Input or output, the system's default first. The inputs have the computer's sound among
    them."""

    picked = pyqtSignal()
    """Emitted when the user chooses another device."""

    def __init__(
        self, kind: Kind, view_model: ViewModel, watch: DeviceWatch, parent: QWidget | None = None
    ) -> None:
        super().__init__(kind, view_model, watch, parent)
        is_input = kind == "input"
        self.setAccessibleName(self.tr("Input device") if is_input else self.tr("Output device"))
        self.setToolTip(
            self.tr("Where the music comes from") if is_input else self.tr("Where it is heard")
        )
        self.activated.connect(self._choose)
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
    def _usual(self) -> str | None:
        """The system's default."""
        for device in self._watch.devices:
            if self.kind in device.default_for and device.channels(self.kind):
                return device.name
        return None

    def _first_items(self) -> list[tuple[str, str | None]]:
        default = self._usual
        first = self.tr("Default: {}").format(short(default)) if default else self.tr("Default")
        items: list[tuple[str, str | None]] = [(first, None)]
        if self.kind == "input":
            items.append((self.tr("This computer's sound"), COMPUTER))
        return items

    def refresh(self, _: object = None) -> None:
        """Show the devices and the choice; the computer's sound has its own output."""
        super().refresh()
        self.setEnabled(self.kind == "input" or not self._view_model.config.system)

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
