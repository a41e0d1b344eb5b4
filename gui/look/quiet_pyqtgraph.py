"""pyqtgraph as ``pg``: always import it from here, so that errors are reported as ever."""

from __future__ import annotations

import sys
import threading

_hooks = sys.excepthook, threading.excepthook
import pyqtgraph as pg  # noqa: E402

# pyqtgraph prints a headline before errors, and lets a program go on after one in a slot of Qt.
sys.excepthook, threading.excepthook = _hooks

__all__ = ["pg"]
