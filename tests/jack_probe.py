"""Plays known samples to a JACK client and records its output, sample by sample.

    python jack_probe.py CLIENT PLAYED.npy RECORDED.npy

runs in the environment of a :class:`tests.jack.JackServer`, whose `probe` starts it. Both files
hold float32 (samples, channels) of the same shape. PLAYED goes to the first inputs of CLIENT,
RECORDED comes from its first outputs, and sample 0 of both belongs to the same period of the
server. With a client that copies its input to its output, RECORDED is bit-identical to PLAYED one
period later, because JACK closes such a loop with a period's delay. Any further delay is the
client's own. Other connections of CLIENT stay: those to the dummy sound card add silence. A CLIENT
without inputs is only recorded.

    python jack_probe.py --endurance CLIENT SAMPLES LATE GAIN

plays periodic noise in two channels and compares the output with the input LATE samples before,
until SAMPLES have passed. It prints the number of samples compared, of those equal to the noise
times GAIN within 1e-5, and of others equal to the unchanged noise within 1e-6. It stores no audio.
"""

from __future__ import annotations

import os
import sys

import numpy as np

AT_ONCE = -np.inf
"""Start time that means the first callback, whatever PortAudio's clock is then."""


def main(client: str, played_file: str, recorded_file: str) -> None:
    # Imported here: both initialise PortAudio, and pytest imports this file.
    import rtmixer
    import sounddevice

    played = np.load(played_file)
    recorded = np.zeros_like(played)
    channels = played.shape[1]
    names = [found["name"] for found in sounddevice.query_devices()]
    device = names.index(client)
    deaf = not sounddevice.query_devices(device)["max_output_channels"]
    # PortAudio connects the stream to the client that is its device. All audio is moved in C, and
    # actions queued before the start begin in the first period.
    stream = rtmixer.MixerAndRecorder(
        device=(device, names.index("system") if deaf else device), channels=channels
    )
    stream.play_buffer(played, channels, start=AT_ONCE)
    recording = stream.record_buffer(recorded, channels, start=AT_ONCE)
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


def endurance(client: str, samples: int, late: int, gain: float) -> None:
    import rtmixer
    import sounddevice

    # A length that is no multiple of a block, so that repeated or lost blocks are detected.
    length = 100_003
    noise = (0.1 * np.random.default_rng(0).standard_normal((length, 2))).astype(np.float32)
    device = [found["name"] for found in sounddevice.query_devices()].index(client)
    stream = rtmixer.MixerAndRecorder(device=device, channels=2)
    # Six seconds each, so that this process has no deadline.
    ahead, back = (rtmixer.RingBuffer(8, 1 << 18) for _ in range(2))
    at = heard = results = inputs = 0

    def feed() -> None:
        nonlocal at
        while (room := ahead.write_available) and at < samples + (1 << 18):
            part = noise[at % length :][:room]
            at += ahead.write(part)

    feed()
    recording = stream.record_ringbuffer(back, start=AT_ONCE)
    playing = stream.play_ringbuffer(ahead, start=AT_ONCE)
    stream.start()
    while heard < samples:
        sounddevice.sleep(200)
        if not (stream.active and {recording, playing} <= set(stream.actions)):
            print("the JACK server went away, or this process was too late")
            sys.stdout.flush()
            os._exit(1)
        feed()
        got = np.frombuffer(back.read(), np.float32).reshape(-1, 2)
        wanted = noise[(np.arange(heard, heard + len(got)) - late) % length]
        known = max(0, late - heard)
        right = np.abs(got - gain * wanted).max(axis=1)[known:] <= 1e-5
        # A late block is the input itself; a result may come near to it.
        dry = np.abs(got - wanted).max(axis=1)[known:] <= 1e-6
        results += int(right.sum())
        inputs += int((dry & ~right).sum())
        heard += len(got)
    stream.close()
    print(heard - late, results, inputs)


if __name__ == "__main__":
    if sys.argv[1] == "--endurance":
        endurance(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
    else:
        main(*sys.argv[1:])
