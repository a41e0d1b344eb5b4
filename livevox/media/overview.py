"""The overview of a music file, from a process of its own.

    python -m livevox.media.overview FILE COLUMNS

writes what `livevox.media.transport.overview` returns to its output, as little-endian float32.
Reading a long file takes seconds of a core, which neither a window's thread nor an engine can
spare.
"""

from __future__ import annotations

import sys
from pathlib import Path

from livevox.errors import LivevoxError
from livevox.media.transport import overview


def main(path: str, columns: str) -> int:
    """Write the overview; 1 and a line of errors where the file can't be read."""
    try:
        seen = overview(Path(path), int(columns))
    except LivevoxError as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(seen.astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
