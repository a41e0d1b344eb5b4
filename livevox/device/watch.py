"""Print the list of sound devices whenever it changes, until standard input ends.

    python -m livevox.device.watch

prints lines of JSON: a list of objects, or a string with the reason why there is none. It runs in
its own process because PortAudio finds new devices only after a restart, which would end the
process' streams.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from contextlib import suppress

from livevox.device.devices import Device, devices, release, rescan
from livevox.device.jack_name import JACK_CLIENT, use_jack_name
from livevox.errors import LivevoxError

LOOK_SECONDS = 1.5


def is_ours(device: Device) -> bool:
    """Whether this is livevox's own stream or virtual output instead of a device: JACK's host API
    lists every program with ports."""
    name = rf"{JACK_CLIENT}( engine| way out| watch|-mic)?(-\d+)?"
    return "JACK" in device.hostapi and re.fullmatch(name, device.name) is not None


def described(device: Device) -> dict[str, object]:
    """The description of a device for the window."""
    return {
        "name": device.full_name,
        "inputs": device.inputs,
        "outputs": device.outputs,
        "rate": device.default_rate,
        "default_for": sorted(device.default_for),
    }


def main() -> None:
    """Watch."""
    # The name of the sound stays free for the engine, which would get a number after it.
    use_jack_name(f"{JACK_CLIENT} watch")
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    last = None
    while not ended.is_set():
        try:
            rescan()
            line = json.dumps([described(device) for device in devices() if not is_ours(device)])
        except LivevoxError as error:
            line = json.dumps(str(error))
        # A JACK server waits for clients that vanish, which interrupts the sound of all others.
        with suppress(LivevoxError):
            release()
        if line != last:
            last = line
            print(line, flush=True)
        ended.wait(LOOK_SECONDS)


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
