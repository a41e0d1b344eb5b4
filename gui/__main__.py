"""`python -m gui`: the window."""

from __future__ import annotations

import sys

from livevox.errors import LivevoxError


def main() -> int:
    """Run the window; return the exit code. Raises LivevoxError if Qt or a screen is missing."""
    try:
        import gui.look.quiet_pyqtgraph  # noqa: F401
        from gui.app import run
        from gui.screen import check_screen
    except ImportError as error:
        if (error.name or "").startswith(("PyQt6", "pyqtgraph")) and "lib" not in str(error):
            remedy = "pip install 'livevox[gui]'"
        else:
            remedy = "on Debian and Ubuntu, apt install libegl1 libgl1 libglib2.0-0 libdbus-1-3"
        raise LivevoxError(f"the window can't be opened ({error}): {remedy}") from None
    check_screen()
    return run()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LivevoxError as error:
        sys.exit(f"livevox: {error}")
