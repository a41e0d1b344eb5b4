"""Choosing the singer's microphone: its device and its channel."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox, QWidget

from gui.model.viewmodel import ViewModel
from gui.pages.device_pickers import NamedPicker, fill_box
from gui.pages.device_watch import DeviceWatch, Found


class MicPicker(NamedPicker):
    """The microphone's device: the input's, or another one."""

    def __init__(
        self, view_model: ViewModel, watch: DeviceWatch, parent: QWidget | None = None
    ) -> None:
        super().__init__("input", view_model, watch, parent)
        self.setAccessibleName(self.tr("Microphone"))
        self.setToolTip(self.tr("The device that you sing into"))
        self.activated.connect(lambda i: view_model.set_devices(mic_input=self.itemData(i)))
        self.refresh()

    @property
    def _chosen(self) -> str | None:
        return self._view_model.config.mic_input

    @property
    def _in_use(self) -> str | None:
        status = self._view_model.status
        return None if status is None else status.mic

    def _first_items(self) -> list[tuple[str, str | None]]:
        return [(self.tr("As the input"), None)]


class MicChannelPicker(QComboBox):
    """The channel of the microphone, or two that are added, or none."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.setAccessibleName(self.tr("Channel of the microphone"))
        self.setToolTip(
            self.tr("The channel that you sing into, counted from 1; two are two microphones")
        )
        self.setMinimumContentsLength(3)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(lambda i: view_model.set_devices(mic=self.itemData(i)))

    def show_channels(self, device: Found | None) -> None:
        """Show those that ``device`` has."""
        chosen = self._view_model.config.mic
        have = device.inputs if device else 2
        items: list[tuple[str, tuple[int, ...] | None]] = [(self.tr("Off"), None)]
        items += [(f"{n}", (n,)) for n in range(1, have + 1)]
        items += [(f"{n}-{n + 1}", (n, n + 1)) for n in range(1, have, 2)]
        if chosen is not None and chosen not in [value for _, value in items]:
            items.append((", ".join(map(str, chosen)), chosen))
        fill_box(self, items, chosen)
