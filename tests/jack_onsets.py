"""Prints when sounds begin to be heard at the output of a JACK client, in seconds of the monotonic
clock, a line each.

    python jack_onsets.py CLIENT

runs in the environment of a :class:`tests.jack.JackServer` until it is terminated. What the client
writes in a period leaves the sound card after the card's own latency, which is not added here.
"""

from __future__ import annotations

import sys
import time
from queue import SimpleQueue

import numpy as np

LEVEL = 0.05
GAP_SECONDS = 0.1
"""Silence that parts one sound from the next."""


def main(client: str) -> None:
    # Imported here: it initialises PortAudio, and pytest imports this file.
    import sounddevice

    names = [found["name"] for found in sounddevice.query_devices()]
    onsets: SimpleQueue[float] = SimpleQueue()
    last = 0.0

    def hear(block: np.ndarray, _: int, __: object, ___: object) -> None:
        nonlocal last
        now = time.monotonic()
        for sample in np.flatnonzero(np.abs(block[:, 0]) > LEVEL):
            at = now + sample / stream.samplerate
            if at - last > GAP_SECONDS:
                onsets.put(at)
            last = at

    stream = sounddevice.InputStream(device=names.index(client), callback=hear)
    with stream:
        print("listening", flush=True)
        while True:
            print(onsets.get(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
