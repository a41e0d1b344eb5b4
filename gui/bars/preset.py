"""The preset bar: choose, save, rename, revert and delete presets, with a mark for changes."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from gui.bars.question import Question
from gui.look.symbols import symbol
from gui.model.notices import Notice
from gui.model.viewmodel import ViewModel
from livevox.config.preset import (
    Preset,
    delete_preset,
    load_preset,
    presets,
    rename_preset,
    save_preset,
    user_folder,
)
from livevox.errors import LivevoxError
from livevox.parameters import PARAMETERS

MARK = "•"
"""Mark beside the name of a changed preset."""


class PresetBar(QWidget):
    """One row. It asks questions (a name, whether to delete) in place."""

    def __init__(self, view_model: ViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._own: set[str] = set()
        """Names of the user's own presets."""
        self._saved: Preset | None = None
        """The preset as it was saved."""
        self._make()
        view_model.preset.changed.connect(self._on_preset)
        view_model.status_changed.connect(lambda _: self._show())
        self.refresh()
        self._on_preset(view_model.preset.name, view_model.preset.differs)

    def _make(self) -> None:
        self.choice = QComboBox()
        self.choice.setMinimumWidth(110)
        self.choice.setMinimumContentsLength(10)
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.setAccessibleName(self.tr("Preset"))
        self.choice.setPlaceholderText(self.tr("No preset"))
        self.choice.activated.connect(self._chosen)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setToolTip(self.tr("Save the changes in this preset (Ctrl+S)"))
        self.save_button.clicked.connect(self.save)
        self.menu_button = QToolButton()
        self.menu_button.setIcon(symbol("more"))
        self.menu_button.setIconSize(QSize(16, 16))
        self.menu_button.setToolTip(self.tr("More about presets: save as, rename, revert, delete"))
        self.menu_button.setAccessibleName(self.tr("More about presets"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        menu = QMenu(self.menu_button)
        self.save_action = self._action(menu, self.tr("Save"), self.save)
        self.save_as_action = self._action(menu, self.tr("Save as…"), self.save_as)
        self.rename_action = self._action(menu, self.tr("Rename…"), self.rename)
        self.revert_action = self._action(menu, self.tr("Revert to saved"), self.revert)
        menu.addSeparator()
        self.delete_action = self._action(menu, self.tr("Delete…"), self.delete)
        self.menu_button.setMenu(menu)
        self._usual = QWidget()
        row = QHBoxLayout(self._usual)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.choice, 1)
        row.addWidget(self.save_button)
        row.addWidget(self.menu_button)

        self.question = Question()
        self.question.left.connect(self.leave_question)

        self._pages = QStackedWidget()
        self._pages.addWidget(self._usual)
        self._pages.addWidget(self.question)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self.setAccessibleName(self.tr("Presets"))

    def _action(self, menu: QMenu, text: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda: do())
        menu.addAction(action)
        return action

    def fold(self, folded: bool) -> None:
        """Leave out the button that saves, or no longer: the menu has it, too."""
        self.save_button.setHidden(folded)
        for widget in (self._usual, self._pages, self):
            widget.updateGeometry()

    # Display

    def refresh(self) -> None:
        """Update the list of presets."""
        self._view_model.requests.run_in_background(_listed, self._list, "presets")

    def _list(self, found: tuple[list[str], set[str]]) -> None:
        names, self._own = found
        self.choice.clear()
        self.choice.addItems(names)
        self._show()

    @property
    def changed(self) -> bool:
        """Whether any setting of the preset has changed since it was loaded."""
        preset = self._view_model.preset
        saved, status = self._saved, self._view_model.status
        if saved is None or saved.name != preset.name or status is None:
            return preset.differs
        other_map = saved.midi != status.config.bindings
        return preset.differs or other_map or saved.model != status.model

    def _on_preset(self, name: str, _: bool) -> None:
        if name:
            self._view_model.requests.run_in_background(
                lambda: load_preset(name), self._read, "presets", lambda _: self._read(None)
            )
        self._show()

    def _read(self, saved: Preset | None) -> None:
        self._saved = saved
        self._show()

    def _show(self) -> None:
        name, changed = self._view_model.preset.name, self.changed
        names = [self.choice.itemData(i) or self.choice.itemText(i) for i in range(self._count)]
        if name and name not in names:
            self.choice.addItem(name)
            names.append(name)
        for index, each in enumerate(names):
            self.choice.setItemData(index, each)
            self.choice.setItemText(index, f"{each} {MARK}" if changed and each == name else each)
        self.choice.setCurrentIndex(names.index(name) if name else -1)
        state = self.tr("changed since it was saved") if changed else self.tr("as it was saved")
        self.choice.setAccessibleDescription(state if name else "")
        self.choice.setToolTip(self.tr("Preset: {}").format(state) if name else self.tr("Presets"))
        for save in (self.save_button, self.save_action):
            save.setEnabled(changed or not name)
        self.revert_action.setEnabled(changed)
        self.rename_action.setEnabled(name in self._own)
        self.delete_action.setEnabled(name in self._own)

    @property
    def _count(self) -> int:
        return self.choice.count()

    # Actions

    def _chosen(self, index: int) -> None:
        self._load(self.choice.itemData(index))

    def _load(self, name: str) -> None:
        self._view_model.load_preset(name)
        self._show()

    def save(self) -> None:
        """Save under the same name; without one, ask for it. Saving a shipped preset makes a user's
        preset that overrides it."""
        name = self._view_model.preset.name
        if name:
            self._save(name, overwrite=True)
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask for a name and save under it."""
        self._ask(self.tr("Save as"), self.tr("Save"), self._save, self._view_model.preset.name)

    def rename(self) -> None:
        """Ask for a new name for this preset."""
        name = self._view_model.preset.name
        self._ask(self.tr("New name"), self.tr("Rename"), self._rename, name)

    def revert(self) -> None:
        """Revert to the saved preset; can be undone."""
        self._load(self._view_model.preset.name)

    def delete(self) -> None:
        """Delete this preset after confirmation. The sound does not change."""
        name = self._view_model.preset.name
        self._ask(self.tr("Delete “{}”?").format(name), self.tr("Delete"), self._delete)

    def _save(self, name: str, overwrite: bool = False) -> None:
        values, status = self._view_model.parameters.values, self._view_model.status
        if status is None:
            return
        before = self._view_model.preset.name

        def write() -> None:
            title, description = name, ""
            if name == before:
                old = load_preset(name)
                title, description = old.title, old.description
            chosen = {n: v for n, v in values.items() if v != PARAMETERS[n].default}
            midi = status.config.bindings
            save_preset(Preset(name, title, description, status.model, chosen, midi), overwrite)

        self._change(write, name)

    def _rename(self, name: str) -> None:
        before = self._view_model.preset.name
        self._change(lambda: rename_preset(before, name), name)

    def _delete(self, _: str) -> None:
        before = self._view_model.preset.name

        def work() -> str:
            delete_preset(before)
            return before if before in presets() else ""

        self._view_model.requests.run_in_background(work, self._done, "presets", self._failed)

    def _change(self, work: Callable[[], object], name: str) -> None:
        def named() -> str:
            work()
            return name

        self._view_model.requests.run_in_background(named, self._done, "presets", self._failed)

    def _done(self, name: str) -> None:
        """Make that preset the current one, without changing the sound."""
        self.leave_question()
        self._view_model.notices.clear("presets")
        self._view_model.name_preset(name)
        self.refresh()

    def _failed(self, error: LivevoxError) -> None:
        """Show the error, and let the user correct the name."""
        self._view_model.notices.notify(Notice("presets", str(error)[:1].upper() + str(error)[1:]))

    # Questions

    def _ask(
        self, question: str, yes: str, answer: Callable[[str], None], name: str | None = None
    ) -> None:
        self.question.ask(question, yes, answer, name)
        self._pages.setCurrentIndex(1)
        self.question.focus()

    def leave_question(self) -> None:
        """Ask no more."""
        if self._pages.currentIndex() == 1:
            self._pages.setCurrentIndex(0)
            self.choice.setFocus()


def _listed() -> tuple[list[str], set[str]]:
    """The names of all presets, and of the user's own."""
    found = presets()
    return list(found), {name for name, path in found.items() if path.parent == user_folder()}
