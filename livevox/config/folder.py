"""The config folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from livevox.errors import LivevoxError, UnwritableError


def config_folder() -> Path:
    """The config folder: LIVEVOX_CONFIG_DIR, else the system's standard place."""
    folder = os.environ.get("LIVEVOX_CONFIG_DIR")
    return Path(folder) if folder else platformdirs.user_config_path("livevox", appauthor=False)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Turn a failure to write a file in the config folder into one LivevoxError."""
    try:
        yield
    except (OSError, UnwritableError) as error:
        # The remedy in an UnwritableError suits results, not this folder: use its reason only.
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise LivevoxError(
            f"{path} can't be written ({reason}): make its folder writable, or set "
            "LIVEVOX_CONFIG_DIR to another"
        ) from None
