"""The page of input, output, block size and model."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.look.style_sheet import set_role
from gui.model.engine_reader import Snapshot
from gui.model.viewmodel import ViewModel
from gui.pages.device_pickers import ChannelPicker, DevicePicker, fill_box, short
from gui.pages.device_watch import DeviceFollower
from gui.pages.mic_picker import MicChannelPicker, MicPicker
from gui.pages.model_list import ModelList
from gui.widgets.dialogs import show_files_dialog
from gui.widgets.scrolled import fill
from livevox.device.devices import USUAL_RATES
from livevox.live.commands import PlayTone
from livevox.live.telemetry import STAGES

RATES = tuple(rate for rate in sorted(USUAL_RATES) if rate >= 44_100)
BLOCKS = tuple(2**n for n in range(5, 13))
NETWORK = STAGES.index("network")


class DevicePage(DeviceFollower):
    """Every choice takes effect at once; if it can't, the page shows the reason at the top."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(view_model, parent)
        self._budget: tuple[float | None, ...] = ()
        self._make()
        self._lay_out()
        self.watch.changed.connect(self._refresh)
        view_model.status_changed.connect(lambda _: self._refresh())
        view_model.state_changed.connect(lambda _: self._refresh())
        view_model.requests.busy_changed.connect(lambda _: self._show_state())
        view_model.polled.connect(self._on_poll)
        self._refresh()

    def _make(self) -> None:
        view_model = self._view_model
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setAccessibleName(self.tr("State of the sound"))
        self.latency = QLabel()
        self.latency.setProperty("role", "dim")
        self.latency.setWordWrap(True)
        self.latency.setToolTip(self.tr("From the microphone to the loudspeaker, in milliseconds"))

        self.input = DevicePicker("input", view_model, self.watch)
        self.output = DevicePicker("output", view_model, self.watch)
        self.input_channels = ChannelPicker("input", view_model)
        self.output_channels = ChannelPicker("output", view_model)
        self.mic = MicPicker(view_model, self.watch)
        self.mic_channels = MicChannelPicker(view_model)
        self.tone = QPushButton(self.tr("Test tone"))
        self.tone.setCheckable(True)
        self.tone.setToolTip(
            self.tr("Play a quiet tone on the output, 440 Hz at -20 dB, to test whether it works")
        )
        self.tone.clicked.connect(self._toggle_tone)
        self.file = QPushButton(self.tr("Open…"))
        self.file.setToolTip(self.tr("Hear music files instead of the input (Ctrl+O)"))
        self.file.clicked.connect(lambda: self._open(QFileDialog.FileMode.ExistingFiles))
        self.folder = QPushButton(self.tr("Folder…"))
        self.folder.setToolTip(self.tr("Hear all music files of a folder, one after the other"))
        self.folder.clicked.connect(lambda: self._open(QFileDialog.FileMode.Directory))
        self.live = QPushButton(self.tr("Close"))
        self.live.setToolTip(self.tr("Close the file and hear the input"))
        self.live.clicked.connect(lambda: view_model.play_files(()))

        self.rate, self.block = QComboBox(), QComboBox()
        for box in (self.rate, self.block):
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.rate.setAccessibleName(self.tr("Sample rate"))
        self.rate.setToolTip(
            self.tr("Samples per second, in Hz; at 44100 Hz nothing has to be converted")
        )
        self.rate.activated.connect(
            lambda i: view_model.set_devices(sample_rate=self.rate.itemData(i))
        )
        self.block.setAccessibleName(self.tr("Block size"))
        self.block.setToolTip(
            self.tr("Samples at a time: less is less latency, more is safer on a busy computer")
        )
        self.block.activated.connect(
            lambda i: view_model.set_devices(block_size=self.block.itemData(i))
        )
        self.stems = QCheckBox(self.tr("Stems on further outputs"))
        self.stems.clicked.connect(lambda on: view_model.set_devices(stems=on))

        self.models = ModelList(view_model)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(7)
        column.addWidget(self._title(self.tr("Source and devices")))
        column.addWidget(self.state)
        column.addLayout(self._grid())
        column.addSpacing(8)
        column.addWidget(self._title(self.tr("Model")))
        column.addWidget(self.models)
        column.addWidget(self.latency)
        column.addStretch(1)
        fill(self, content)
        self.setAccessibleName(self.tr("Source and devices"))

    def _grid(self) -> QGridLayout:
        """A line for each choice but the model's."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget, QWidget | None], ...] = (
            (self.tr("&Input"), self.input, self.input_channels),
            (self.tr("&Output"), self.output, self.output_channels),
            (self.tr("&Microphone"), self.mic, self.mic_channels),
        )
        for row, (text, picker, channels) in enumerate(rows):
            grid.addWidget(self._label(text, picker), row, 0)
            grid.addWidget(picker, row, 1)
            grid.addWidget(channels, row, 2)
        grid.addWidget(self.tone, 3, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self.stems, 4, 1, 1, 2)
        files = QHBoxLayout()
        files.setSpacing(6)
        for button in (self.file, self.folder, self.live):
            files.addWidget(button)
        files.addStretch(1)
        grid.addWidget(self._label(self.tr("&File"), self.file), 5, 0)
        grid.addLayout(files, 5, 1, 1, 2)
        for row, text, box in (
            (6, self.tr("&Sample rate"), self.rate),
            (7, self.tr("&Block size"), self.block),
        ):
            grid.addWidget(self._label(text, box), row, 0)
            grid.addWidget(box, row, 1, 1, 2)
        return grid

    def _title(self, text: str) -> QLabel:
        title = QLabel(text)
        title.setProperty("role", "title")
        return title

    def _label(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setBuddy(buddy)
        return label

    # Display

    def _refresh(self) -> None:
        config, status = self._view_model.config, self._view_model.status
        self._show_state()
        in_file = bool(config.files)
        self.live.setEnabled(in_file)
        self.input_channels.setEnabled(not in_file and not config.system)
        for widget in (self.output_channels, self.rate, self.block):
            # The sound server decides on these.
            widget.setEnabled(not config.system)
        taken = config.mic if config.mic and config.mic_input is None else ()
        self.input_channels.show_channels(self.input.device, config.input_channels, taken)
        self.output_channels.show_channels(self.output.device, config.output_channels)
        self.mic_channels.show_channels(self.mic.device or self.input.device)
        output = self.output.device
        own_rate = f" ({output.rate} Hz)" if output else ""
        rates: list[tuple[str, int | None]] = [(self.tr("The device's own") + own_rate, None)]
        rates += [(f"{rate} Hz", rate) for rate in _with(RATES, config.sample_rate)]
        fill_box(self.rate, rates, config.sample_rate)
        rate = config.sample_rate or (output.rate if output else 44_100)
        blocks: list[tuple[str, int | None]] = [(self.tr("The system's own"), None)]
        blocks += [
            (self.tr("{} samples, {:.1f} ms").format(n, 1000 * n / rate), n)
            for n in _with(BLOCKS, config.block_size)
        ]
        fill_box(self.block, blocks, config.block_size)
        last = max(config.output_channels or (2,))
        possible = output is None or output.outputs >= last + 4
        self.stems.setEnabled((possible or config.stems) and not config.system)
        self.stems.setChecked(config.stems)
        voice, music = f"{last + 1}-{last + 2}", f"{last + 3}-{last + 4}"
        text = (
            self.tr("The voice on outputs {}, the accompaniment on {}, before any fader")
            if possible
            else self.tr("The output has no channels {} and {}: choose a device with more")
        )
        self.stems.setToolTip(text.format(voice, music))
        self.tone.setEnabled(self._view_model.state == "running")
        self.tone.setChecked(bool(status and status.tone))
        self.models.refresh()

    def _show_state(self) -> None:
        """The state of the sound: running, or why it is not."""
        config, status = self._view_model.config, self._view_model.status
        state = self._view_model.state
        reason = (status and status.reason) or self.watch.problem
        if self._view_model.requests.busy and state != "running":
            text, role = self.tr("One moment…"), "dim"
        elif state == "running":
            source = output = None
            if status is not None:
                source = status.playing.name if status.playing else status.input
                source = self.tr("this computer's sound") if config.system else source
                output = status.output
            text = self.tr("● Sound flows from {} to {}.").format(
                short(source) or "?", short(output) or "?"
            )
            role = "music"
        elif state == "waiting":
            text = self.tr("▲ No sound: {}.").format(str(reason).rstrip("."))
            text += " " + self.tr("It starts by itself as soon as the device is there.")
            role = "voice"
        else:
            text, role = self.tr("The sound engine is starting…"), "dim"
        self.state.setText(text)
        set_role(self.state, role)

    def _on_poll(self, snapshot: Snapshot) -> None:
        shown = (*snapshot.budget, snapshot.round_trip)
        if shown == self._budget or not self.isVisible():
            return
        self._budget = shown
        devices = snapshot.round_trip
        milliseconds = [1000 * (seconds or 0.0) for seconds in snapshot.budget]
        text = self.tr(
            "Latency now: {total:.0f} ms (devices {devices:.0f}, network {network:.0f}, "
            "buffers {buffers:.0f})"
        )
        if devices is not None:
            text = self.tr(
                "Latency now: {total:.0f} ms (devices, as measured {devices:.0f}, "
                "network {network:.0f}, buffers {buffers:.0f})"
            )
        elif None in snapshot.budget:
            text = self.tr(
                "Latency now: {total:.0f} ms (network {network:.0f}, buffers {buffers:.0f}), "
                "and that of a device that does not report its own"
            )
        self.latency.setText(
            text.format(
                total=1000 * snapshot.latency,
                devices=milliseconds[0] + milliseconds[-1] if devices is None else 1000 * devices,
                network=milliseconds[NETWORK],
                buffers=milliseconds[1] + milliseconds[3],
            )
        )
        self.latency.setVisible(any(milliseconds))
        self.models.show_latency(milliseconds[NETWORK])

    # Actions

    def _toggle_tone(self, on: bool) -> None:
        self._view_model.requests.ask(PlayTone(on))

    def _open(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose the music"))
        dialog.setFileMode(mode)
        show_files_dialog(dialog, self._view_model.play_files)


def _with(values: tuple[int, ...], value: int | None) -> tuple[int, ...]:
    return tuple(sorted({*values, value})) if value is not None else values
