"""What became of files of every kind, as a table: python -m tests.file_table docs/files.md"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from livevox.dsp.stft import Audio
from livevox.errors import LivevoxError
from livevox.media.files import open_audio
from tests.audio_files import DAMAGES, KINDS, LAYOUTS, RATE, Kind, encode, lag, sound
from tests.output_table import output_table

HEAD = f"""# Files

What livevox reads, what it reports about damaged files, and [what it writes](#written). `make
docs/files.md` writes this page: ffmpeg encodes {{samples}} samples at {RATE} Hz in every kind of
file, livevox reads it, and the result is compared with the original.

"exact": every sample is the same. "in place": length and timing are the same, and the samples are
as exact as the codec keeps them. Files that do not state the encoder's delay and padding come out
later or longer, as they do from ffmpeg; nothing is missing from them.

A damaged file is refused with an error that states how much of the announced length is there, and
nothing is written; `--lenient` reads what is left, with a warning. "not noticed": nothing in the
file shows the damage.

| file | codec | channels | whole | {" | ".join(DAMAGES)} |
| --- | --- | --- | --- | {" | ".join("---" for _ in DAMAGES)} |
"""


def row(kind: Kind, layout: str, folder: Path) -> list[str]:
    """What came out of one kind of file, whole and damaged."""
    fed = sound(LAYOUTS[layout])
    path = encode(kind, fed, folder, layout)
    cells = [kind.name, kind.codec, layout, _whole(path, fed, kind.copies)]
    data = path.read_bytes()
    for damage in DAMAGES.values():
        path.write_bytes(damage(data))
        cells.append(_damaged(path))
    return cells


def _whole(path: Path, fed: Audio, copies: int) -> str:
    try:
        with open_audio(path) as source:
            out = np.concatenate(list(source.blocks(RATE)), axis=1)
    except LivevoxError as error:
        return _reason(error, path)
    if out.shape == fed.shape and np.array_equal(out, fed):
        return "exact"
    more = out.shape[1] - copies * fed.shape[1]
    later = lag(out, fed) if copies == 1 else 0
    words = [f"{abs(more)} samples {'longer' if more > 0 else 'shorter'}"] if more else []
    words += [f"{abs(later)} {'later' if later > 0 else 'earlier'}"] if later else []
    return ", ".join(words) or "in place"


def _damaged(path: Path) -> str:
    try:
        with open_audio(path) as source:
            there = sum(block.shape[1] for block in source.blocks(RATE, lenient=True))
            damage = source.damage
    except LivevoxError as error:
        return _reason(error, path)
    if not damage:
        return f"not noticed, {there} samples"
    return f"{damage[0]}; {there} samples with `--lenient`"


def _reason(error: LivevoxError, path: Path) -> str:
    return str(error).removeprefix(f"{path} ").split(":")[0]


def main() -> None:
    """Write the table to the file that the command names."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [row(kind, "stereo", Path(folder)) for kind in KINDS]
        for layout in ("mono", "5.1", "7.1"):
            rows += [
                row(kind, layout, Path(folder))
                for kind in KINDS
                if kind.copies == 1 and (layout == "mono" or not kind.mono_and_stereo)
            ]
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    head = HEAD.format(samples=f"{sound(1).shape[1]:,}")
    Path(sys.argv[1]).write_text(head + lines + output_table(), encoding="utf-8")


if __name__ == "__main__":
    main()
