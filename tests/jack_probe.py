"""Plays known samples to a JACK client and records what it returns, sample by sample.

    python jack_probe.py CLIENT PLAYED.npy RECORDED.npy

runs in the environment of a :class:`tests.jack.JackServer`, whose `probe` starts it. Both files
hold float32 (samples, channels), equally many of both. PLAYED goes to the first inputs of CLIENT,
RECORDED comes from its first outputs, and sample 0 of both belongs to the same period of the
server: with a client that copies its input to its output, RECORDED is PLAYED one period later,
bit by bit, because JACK closes such a loop with a period's delay. The delay beyond that one period
is the client's own. Other connections of CLIENT stay: those to the dummy sound card add silence.
"""

from __future__ import annotations

import os
import sys

import numpy as np


def main(client: str, played_file: str, recorded_file: str) -> None:
    # Here, because importing either initialises PortAudio, and pytest imports this file.
    import rtmixer
    import sounddevice

    played = np.load(played_file)
    recorded = np.zeros_like(played)
    channels = played.shape[1]
    device = [found["name"] for found in sounddevice.query_devices()].index(client)
    # PortAudio connects the stream to the client that is its device. All audio is moved in C, and
    # what is asked for before the stream starts begins in its first period.
    stream = rtmixer.MixerAndRecorder(device=device, channels=channels)
    stream.play_buffer(played, channels)
    recording = stream.record_buffer(recorded, channels)
    stream.start()
    while recording in stream.actions:
        if not stream.active:
            # Stopping or closing the stream of a dead server may never return.
            print("the JACK server went away")
            sys.stdout.flush()
            os._exit(1)
        sounddevice.sleep(10)
    stream.close()
    np.save(recorded_file, recorded)


if __name__ == "__main__":
    main(*sys.argv[1:])
