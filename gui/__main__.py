"""`python -m gui`: the window."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the window; return the exit code."""
    from gui.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
