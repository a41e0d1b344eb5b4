"""What became of every fault, as a page: python -m tests.fault_table docs/faults.md"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from livevox.errors import LivevoxError
from livevox.live.commands import SetParameters
from tests.fault_measure import (
    PERIOD,
    RATE,
    SHORTEST_SILENCE,
    STALL_SECONDS,
    Row,
    longest_silence,
)
from tests.gui_harness import live_window
from tests.live import JACK_CLIENT, STEMS_DB, STEMS_GAIN, delay, noise, tally
from tests.live_faults import live_faults, refused_starts
from tests.test_a_million_random_bytes_are_one_clear_line import MILLION, READERS, random_bytes
from tests.test_drifting_clocks_lose_nothing import CASES, positions

PAGE = """# Faults

What livevox does when something breaks while it plays. `make docs/faults.md` writes this page from
real runs: `livevox live`, and once the window, on a JACK server with {rate} Hz and periods of
{period} samples. Another program plays noise through livevox and compares every sample that comes
out. {machine}

"Until sound" is from the fault to the next sound that livevox reports; what is lost is counted by
livevox, or, where the sound goes on, compared sample by sample. A late block plays the unprocessed
input in its place, so that nothing is shifted.

| fault | what happened | lost | until sound |
| --- | --- | --- | --- |
{faults}
Setting back the system's clock would disturb the other programs of the machine, so it is set back
for livevox alone. The full disk is a limit to the size of the engine's files. Two clocks that drift
are simulated, as a JACK server has one; the compensation is the real one.

## A million random bytes

As a file of every kind, {million} bytes from a seeded generator; as MIDI and OSC messages they have
no effect beyond the values that they happen to set, within their ranges.

| as | what is said |
| --- | --- |
{readers}
The tests `tests/test_noise_*.py`, with [hypothesis](https://hypothesis.readthedocs.io), damage
good files at random places and cut messages and blocks in every way: each is taken whole or
refused in one line. `tests/test_a_model_file_is_data.py` has model files that want other files,
operators of their own, loops, or a hundred gigabytes: they are refused when they are loaded.
"""


def machine() -> str:
    """In plain words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"This run was on a virtual machine without a sound card: {os.cpu_count()} processor cores "
        f"and {memory:.0f} GiB of memory, on Linux."
    )


def window_stalls(folder: Path) -> Row:
    """The window's own thread sleeps while its engine plays."""
    with live_window(folder, period=PERIOD) as live:
        values = {"vocals_mute": 0.0, "vocals": STEMS_DB, "accompaniment": STEMS_DB}
        live.view_model.requests.ask(SetParameters(values))
        time.sleep(1)
        probe = live.server.probe(JACK_CLIENT, noise((STALL_SECONDS + 4) * RATE))
        time.sleep(STALL_SECONDS)
        heard = probe.result()
    played = noise((STALL_SECONDS + 4) * RATE)
    late = delay(heard, played)
    dry = played[:, :-late]
    found = tally(heard[:, late:], STEMS_GAIN * dry, dry)
    others = found.compared - found.results - found.inputs
    lost = f"nothing of {found.compared} samples"
    if found.inputs or others:
        lost = f"{found.inputs} of {found.compared} samples as they came in, {others} others"
    silence = longest_silence(heard[:, late:], dry)
    sound = f"{silence:.1f} s" if silence > SHORTEST_SILENCE else "it did not stop"
    happened = f"the sound comes {1000 * late / RATE:.0f} ms later"
    return f"window stalled for {STALL_SECONDS} s", happened, lost, sound


def drift() -> Iterator[Row]:
    """Two clocks, simulated."""
    for case in CASES[:2]:
        steps = np.diff(positions(case))
        steps = steps[np.isfinite(steps)]
        lost = int((np.abs(steps - case.read_block) > 1).sum())
        yield (
            f"clocks {case.ppm:+.0f} ppm apart for {case.seconds:.0f} s (simulated)",
            "resampled to follow",
            "nothing" if not lost else f"{lost} JUMPS",
            "it did not stop",
        )


def readers(folder: Path) -> Iterator[tuple[str, str]]:
    """What each reader says of noise."""
    for kind, (suffix, read) in READERS.items():
        path = folder / f"noise{suffix}"
        path.write_bytes(random_bytes(0))
        try:
            read(path)
        except LivevoxError as error:
            # A page of noise need not hold every character.
            said = str(error).replace(f"{path}", path.name).encode("ascii", "replace").decode()
            yield kind, f"`{said.replace('`', '?')}`"
        else:
            yield kind, "NOT REFUSED"


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """The lines of a table, and on the way of the terminal."""
    lines = []
    for row in rows:
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n")
        print(lines[-1], end="", flush=True)
    return "".join(lines)


def main() -> None:
    """Write the page to the file that the command names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def rows() -> Iterator[Row]:
            yield window_stalls(folder / "window")
            yield from live_faults(folder)
            yield from refused_starts(folder / "corrupt")
            yield from drift()

        page = PAGE.format(
            rate=RATE,
            period=PERIOD,
            machine=machine(),
            faults=table(rows()),
            million=f"{MILLION:,}",
            readers=table(readers(folder)),
        )
    Path(sys.argv[1]).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
