"""Whether Qt can open a window here: where it can't, Qt ends the whole process without a reason."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from PyQt6.QtCore import QLibraryInfo

from livevox.errors import LivevoxError

PACKAGES = "apt install libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libegl1"
"""What Debian and Ubuntu leave out where no desktop is installed."""


def check_screen() -> None:
    """Raise LivevoxError, with the remedy, if there is no screen or a library is missing."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM", "xcb") != "xcb":
        return
    if not os.environ.get("DISPLAY"):
        if os.environ.get("WAYLAND_DISPLAY"):
            return
        raise LivevoxError(
            "the window can't be opened, as neither DISPLAY nor WAYLAND_DISPLAY is set: "
            "start it on a desktop, or over the network with ssh -X; livevox live needs no screen"
        )
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    try:
        ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        raise LivevoxError(
            f"the window can't be opened ({error}): on Debian and Ubuntu, {PACKAGES}"
        ) from None
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if refused:
        display = os.environ["DISPLAY"]
        raise LivevoxError(
            f"the window can't be opened, as no screen answers at DISPLAY={display}: "
            "start it on a desktop, or over the network with ssh -X; livevox live needs no screen"
        )
