"""OSC in the window: on or off, where it listens, and where it sends to."""

from __future__ import annotations

from PyQt6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from gui.model.viewmodel import ViewModel
from gui.widgets.labels import add_column
from livevox.live.status import Status

USUAL_PORT = "9000"


class OscPanel(QWidget):
    """The addresses apply when Return is pressed or the field is left. Those that don't work are
    reported, and those in use go on."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._shown: tuple[str | None, tuple[str, ...]] | None = None
        title = QLabel(self.tr("OSC"))
        title.setProperty("role", "title")
        self.on = QCheckBox(self.tr("Tablets and other programs"))
        self.on.setToolTip(self.tr("Off, nothing listens and nothing is sent"))
        self.on.clicked.connect(self._choose)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title)
        head.addWidget(self.on)
        head.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.addLayout(head, 0, 0, 1, 2)
        self.listen, self.targets = QLineEdit(USUAL_PORT), QLineEdit()
        for column, (text, tip, field) in enumerate(
            (
                (
                    self.tr("Listen at &port"),
                    self.tr("9000 listens on this computer only, 0.0.0.0:9000 on the network"),
                    self.listen,
                ),
                (
                    self.tr("Send changes &to"),
                    self.tr("Such as 192.168.1.20:9001; several with spaces between them"),
                    self.targets,
                ),
            )
        ):
            add_column(grid, 1, column, text, tip, field)
            field.editingFinished.connect(self._edited)
        view_model.status_changed.connect(self._on_status)
        self._show()

    def _on_status(self, _: Status) -> None:
        self._show()

    def _show(self) -> None:
        """Show what is in use, where that has changed."""
        config = self._view_model.config
        used = config.osc, config.osc_to
        if used == self._shown:
            return
        self._shown = used
        on = used != (None, ())
        self.on.setChecked(on)
        # What is off keeps its fields for the next time.
        if on:
            self.listen.setText(config.osc or "")
            self.targets.setText(" ".join(config.osc_to))

    def _choose(self, on: bool) -> None:
        listen = self.listen.text().strip() or None
        targets = tuple(self.targets.text().replace(",", " ").split())
        # The check box shows what is in use once the engine has answered.
        self._shown = None
        self._view_model.set_osc(listen if on else None, targets if on else ())

    def _edited(self) -> None:
        if self.on.isChecked():
            self._choose(True)
