"""Tells which sound devices there are, whenever that has changed, until its input ends.

    python -m livevox.device_watch

prints lines of JSON: a list of objects, or a string that says why there is none. It is a process of
its own because PortAudio finds new devices only when it is started anew, which would end the
streams of the process.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time

from livevox.devices import Device, devices, rescan
from livevox.errors import LivevoxError

LOOK_SECONDS = 1.5


def is_ours(device: Device) -> bool:
    """Whether this is no device but a program's stream, perhaps livevox's own: JACK's host API
    lists every program with ports, and those that use PortAudio have such names."""
    return "JACK" in device.hostapi and re.fullmatch(r"PortAudio(-\d+)?", device.name) is not None


def described(device: Device) -> dict[str, object]:
    """What a window needs to know of a device."""
    return {
        "name": device.full_name,
        "inputs": device.inputs,
        "outputs": device.outputs,
        "rate": device.default_rate,
        "default_for": sorted(device.default_for),
    }


def main() -> None:
    """Watch."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    told = None
    while True:
        try:
            rescan()
            line = json.dumps([described(device) for device in devices() if not is_ours(device)])
        except LivevoxError as error:
            line = json.dumps(str(error))
        if line != told:
            told = line
            print(line, flush=True)
        time.sleep(LOOK_SECONDS)


def _end_with_input() -> None:
    sys.stdin.read()
    # PortAudio may be busy, and there is nothing to be saved.
    os._exit(0)


if __name__ == "__main__":
    main()
