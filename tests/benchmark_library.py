"""Benchmark of a library: files per minute by one and two jobs, and by a Dask cluster.

    python -m tests.benchmark_library

It separates copies of the demo song with the model `live`. Each row is the time of the whole
command, with its start; the workers of the cluster run already and have done songs. It prints
results and changes nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import soundfile

from livevox.demo.song import demo_song
from livevox.dsp.stft import SAMPLE_RATE
from tests.dask_cluster import cluster

SONGS = 6
SONG_SECONDS = 120.0
ROUNDS = 2
"""Of which the faster counts."""


def main() -> None:
    """Measure one row after another, all of them in each round."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        song = demo_song(SONG_SECONDS).mixture
        songs = [f"{number}.wav" for number in range(SONGS)]
        for name in songs:
            soundfile.write(folder / name, song.T, SAMPLE_RATE, "PCM_16")
        places = [folder / "one worker", folder / "two workers"]
        for each in places:
            each.mkdir()
        with cluster(places[0]) as one_worker, cluster(places[1]) as two_workers:
            for place, count in ((one_worker, 1), (two_workers, 2)):
                for _ in range(count):
                    place.add_worker()
            rows = {
                "one job": ("--jobs", "1"),
                "two jobs": ("--jobs", "2"),
                "cluster, one worker": ("--scheduler", one_worker.address),
                "cluster, two workers": ("--scheduler", two_workers.address),
            }
            seconds: dict[str, list[float]] = {name: [] for name in rows}
            for place in (one_worker, two_workers):
                measure(folder, songs[:2], "--scheduler", place.address)
            for _ in range(ROUNDS):
                for name, options in rows.items():
                    seconds[name].append(measure(folder, songs, *options))
                    print(f"{name}: {seconds[name][-1]:.1f} s", flush=True)
    print(f"{SONGS} songs of {SONG_SECONDS / 60:g} minutes   files/minute  ratio")
    alone = min(seconds["one job"])
    for name, times in seconds.items():
        print(f"{name:24} {60 * SONGS / min(times):14.1f} {alone / min(times):6.2f}")


def measure(folder: Path, songs: list[str], *options: str) -> float:
    """Seconds of the command."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "livevox.cli", "separate", *songs, *options],
        cwd=folder,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
