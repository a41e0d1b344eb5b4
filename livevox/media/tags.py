"""What a music file tells of itself: title, artist and so on."""

from __future__ import annotations

from pathlib import Path

import av

TAGS = ("title", "artist", "album", "album_artist", "composer", "genre", "date", "track", "disc")
"""By FFmpeg's names."""


def read_tags(path: Path) -> dict[str, str]:
    """The tags that a file has; none where it can't be read."""
    try:
        with path.open("rb") as file, av.open(file, "r", metadata_errors="ignore") as container:
            found = {key.lower(): value for key, value in container.metadata.items()}
            for stream in container.streams.audio[:1]:  # Ogg has them there
                found |= {key.lower(): value for key, value in stream.metadata.items()}
    except (av.FFmpegError, OSError):
        return {}
    return {tag: found[tag].strip() for tag in TAGS if found.get(tag, "").strip()}
