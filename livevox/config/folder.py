"""The folder that livevox keeps what it remembers in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from livevox.errors import LivevoxError, UnwritableError


def config_folder() -> Path:
    """Where livevox keeps what it remembers: LIVEVOX_CONFIG_DIR, else the system's place for it."""
    folder = os.environ.get("LIVEVOX_CONFIG_DIR")
    return Path(folder) if folder else platformdirs.user_config_path("livevox", appauthor=False)


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Turn the failure to change a file in the config folder into one LivevoxError."""
    try:
        yield
    except (OSError, UnwritableError) as error:
        # The advice of an UnwritableError is about results, not about what is remembered.
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise LivevoxError(
            f"{path} can't be written ({reason}): make its folder writable, or set "
            "LIVEVOX_CONFIG_DIR to another"
        ) from None
