"""Prints when sounds begin to be heard at the output of a JACK client, in seconds of the monotonic
clock, a line each.

    python jack_onsets.py CLIENT PERIOD

runs in the environment of a :class:`tests.jack.JackServer` until it is terminated, whose period is
PERIOD samples. What the client writes in a period leaves the sound card after the card's own
latency, which is not added here.
"""

from __future__ import annotations

import sys
import time
from queue import SimpleQueue

import numpy as np

LEVEL = 0.05
GAP_SECONDS = 0.1
"""Silence that parts one sound from the next."""


def main(client: str, period: int) -> None:
    # Imported here: it initialises PortAudio, and pytest imports this file.
    import sounddevice

    names = [found["name"] for found in sounddevice.query_devices()]
    onsets: SimpleQueue[float] = SimpleQueue()
    began = last = 0.0
    place = 0

    def hear(block: np.ndarray, samples: int, _: object, __: object) -> None:
        nonlocal began, last, place
        # PortAudio hands over the parts of a long period one after the other, at once.
        if place == 0:
            began = time.monotonic()
        for sample in np.flatnonzero(np.abs(block[:, 0]) > LEVEL):
            at = began + (place + sample) / stream.samplerate
            if at - last > GAP_SECONDS:
                onsets.put(at)
            last = at
        place = (place + samples) % period

    stream = sounddevice.InputStream(device=names.index(client), callback=hear)
    with stream:
        print("listening", flush=True)
        while True:
            print(onsets.get(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
