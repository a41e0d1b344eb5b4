"""A theme's colours for Qt: the palette, the style sheet and its roles."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QStyle, QWidget

from gui.look.dark_and_light import Theme


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another style of the style sheet."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        cast(QStyle, widget.style()).polish(widget)


def palette(t: Theme) -> QPalette:
    """The palette for everything that the style sheet does not cover."""
    colours = QPalette()
    role = QPalette.ColorRole
    for which, name in (
        (role.Window, t.window),
        (role.WindowText, t.text),
        (role.Base, t.sunken),
        (role.AlternateBase, t.panel),
        (role.Text, t.text),
        (role.PlaceholderText, t.dim),
        (role.Button, t.raised),
        (role.ButtonText, t.text),
        (role.ToolTipBase, t.panel),
        (role.ToolTipText, t.text),
        (role.Highlight, t.music),
        (role.HighlightedText, t.on_colour),
        (role.Link, t.music),
    ):
        colours.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        colours.setColor(QPalette.ColorGroup.Disabled, which, QColor(t.dim))
    return colours


_ICONS = (Path(__file__).parent / "icons").as_posix()


def style_sheet(t: Theme) -> str:
    """The style sheet of the whole application."""
    tone = "dark" if t.dark else "light"
    return f"""
* {{ font-size: 10.5pt; }}
QWidget {{ color: {t.text}; }}
QMainWindow, QDialog, #compact {{ background: {t.window}; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
#header, #mixer, #status, #card {{ background: {t.panel}; }}
#header {{ border-bottom: 1px solid {t.line}; }}
#mixer {{ border-left: 1px solid {t.line}; }}
#status {{ border-top: 1px solid {t.line}; }}
#card {{ border: 1px solid {t.line}; border-radius: 8px; }}
#brand {{ font-size: 14pt; font-weight: 600; }}
QLabel[role="dim"] {{ color: {t.dim}; }}
QLabel[role="title"] {{ font-size: 13pt; font-weight: 600; }}
QLabel[role="voice"] {{ color: {t.voice}; font-weight: 600; }}
QLabel[role="music"] {{ color: {t.music}; font-weight: 600; }}
QLabel[role="number"] {{ font-weight: 600; }}
QLabel:disabled {{ color: {t.dim}; }}

QPushButton, QToolButton {{
    background: {t.raised}; border: 1px solid {t.line}; border-radius: 6px;
    padding: 4px 10px; min-height: 20px;
}}
QToolButton {{ padding: 4px 6px; }}
QPushButton:hover, QToolButton:hover {{ background: {t.hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.line}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.dim}; background: {t.panel}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {t.focus}; padding: 3px 9px; }}
QToolButton:focus {{ padding: 3px 5px; }}
QPushButton:checked, QToolButton:checked {{
    background: {t.text}; color: {t.window}; border-color: {t.text};
}}
QPushButton:checked:focus, QToolButton:checked:focus {{ border-color: {t.music}; }}
QPushButton[role="flat"], QToolButton[role="flat"] {{
    background: transparent; border-color: transparent;
}}
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover {{ background: {t.hover}; }}
QPushButton[role="flat"]:checked, QToolButton[role="flat"]:checked {{
    background: {t.raised}; color: {t.text};
}}
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus {{ border-color: {t.focus}; }}
QPushButton[role="tab"] {{
    background: transparent; border: 2px solid transparent; border-radius: 6px;
    padding: 4px 12px; color: {t.dim}; font-weight: 600;
}}
QPushButton[role="tab"]:hover {{ color: {t.text}; }}
QPushButton[role="tab"]:checked {{ background: {t.raised}; color: {t.text}; }}
QPushButton[role="tab"]:focus {{ border-color: {t.focus}; }}
QPushButton[role="mode"] {{ padding: 6px 2px; font-weight: 600; min-height: 24px; }}
QPushButton[role="mode"]:focus {{ padding: 5px 1px; }}
QPushButton[role="mute"]:checked {{
    background: {t.alarm}; border-color: {t.alarm}; color: {t.on_colour};
}}
QPushButton[role="solo"]:checked {{
    background: {t.warning}; border-color: {t.warning}; color: {t.on_colour};
}}
QPushButton[role="bypass"]:checked {{
    background: {t.warning}; border-color: {t.warning}; color: {t.on_colour};
}}
QPushButton[role="mute"], QPushButton[role="solo"] {{ padding: 2px; font-weight: 600; }}
QPushButton[role="bypass"] {{ padding: 2px 6px; }}
QPushButton[role="bypass"]:focus {{ padding: 1px 5px; }}
QPushButton[role="mute"]:checked:focus, QPushButton[role="solo"]:checked:focus,
QPushButton[role="bypass"]:checked:focus {{ border-color: {t.focus}; }}
QPushButton[role="mute"]:focus, QPushButton[role="solo"]:focus {{ padding: 1px; }}
QPushButton[role="primary"] {{
    background: {t.music}; color: {t.on_colour}; border-color: {t.music}; font-weight: 600;
}}
QPushButton[role="primary"]:focus {{ border-color: {t.focus}; }}
QPushButton[role="record"]:checked {{
    background: {t.alarm}; border-color: {t.alarm}; color: {t.on_colour};
}}
*[learning="true"] {{ border: 2px dashed {t.warning}; }}

QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
    background: {t.raised}; border: 1px solid {t.line}; border-radius: 6px;
    padding: 3px 8px; min-height: 22px; selection-background-color: {t.music};
    selection-color: {t.on_colour};
}}
QLineEdit {{ background: {t.sunken}; }}
QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
    border: 2px solid {t.focus}; padding: 2px 7px;
}}
QComboBox:disabled, QLineEdit:disabled {{ color: {t.dim}; background: {t.panel}; }}
QComboBox::drop-down {{ border: 0; width: 20px; }}
QComboBox QAbstractItemView, QMenu {{
    background: {t.panel}; border: 1px solid {t.line}; padding: 4px;
    selection-background-color: {t.hover}; selection-color: {t.text};
}}
QMenu::item {{ padding: 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.hover}; }}
QMenu::item:disabled {{ color: {t.dim}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QComboBox::down-arrow {{ image: url({_ICONS}/down.svg); width: 12px; height: 12px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{
    subcontrol-position: top right; width: 18px; border: 0;
}}
QSpinBox::down-button, QDoubleSpinBox::down-button {{
    subcontrol-position: bottom right; width: 18px; border: 0;
}}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{
    image: url({_ICONS}/up.svg); width: 11px; height: 11px;
}}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{
    image: url({_ICONS}/down.svg); width: 11px; height: 11px;
}}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 2px; border: 2px solid transparent; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {t.focus}; border-radius: 6px; }}
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator, QTableView::indicator {{
    width: 14px; height: 14px; border: 1px solid {t.dim}; border-radius: 4px;
    background: {t.sunken};
}}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {{
    background: {t.music}; border-color: {t.music}; image: url({_ICONS}/check-{tone}.svg);
}}
QRadioButton::indicator:checked {{
    background: {t.music}; border-color: {t.music}; image: url({_ICONS}/dot-{tone}.svg);
}}
QTableView, QTreeView, QListView {{
    background: {t.sunken}; alternate-background-color: {t.panel};
    border: 1px solid {t.line}; border-radius: 6px; gridline-color: {t.line};
    selection-background-color: {t.hover}; selection-color: {t.text};
}}
QListView {{ padding: 3px; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 2px solid {t.focus}; }}
QHeaderView::section {{
    background: {t.panel}; color: {t.dim}; border: 0; border-bottom: 1px solid {t.line};
    padding: 5px 8px; font-weight: 600;
}}
QProgressBar {{
    background: {t.sunken}; border: 1px solid {t.line}; border-radius: 4px; text-align: center;
}}
QProgressBar::chunk {{ background: {t.music}; border-radius: 3px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: 0; }}
QScrollBar:vertical {{ background: transparent; width: 10px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 4px; min-height: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {t.dim}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QGroupBox {{
    border: 1px solid {t.line}; border-radius: 8px; margin-top: 10px; padding-top: 10px;
}}
QGroupBox::title {{ subcontrol-origin: margin; left: 12px; padding: 0 4px; color: {t.dim}; }}
"""
