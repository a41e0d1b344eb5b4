"""`livevox gui`."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from livevox.errors import LivevoxError


def gui() -> None:
    """Open the window."""
    (window,) = entry_points(group="livevox.windows", name="gui")
    try:
        run = window.load()
    except ImportError as error:
        raise LivevoxError(
            f"the window can't be opened ({error}): install it with pip install 'livevox[gui]'"
        ) from None
    raise typer.Exit(run())
