"""`python -m livevox.cli`: the command `livevox`."""

from __future__ import annotations

from livevox.cli.app import main

if __name__ == "__main__":
    main()
