"""What is dropped on the window."""

from __future__ import annotations

import os

from PyQt6.QtCore import QMimeData


def dropped_paths(data: QMimeData | None) -> tuple[str, ...]:
    """The local files and folders of a drag, in turn."""
    urls = data.urls() if data is not None and data.hasUrls() else []
    paths = (os.path.normpath(url.toLocalFile()) for url in urls if url.isLocalFile())
    return tuple(path for path in paths if os.path.exists(path))
