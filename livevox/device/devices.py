"""Audio devices by name, and checks of the formats that they support."""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from livevox.device import jack_client
from livevox.device.jack_name import name_jack_client
from livevox.errors import LivevoxError

Kind = Literal["input", "output"]
"""Input devices record, output devices play; one device can do both."""

USUAL_RATES = tuple(44_100 * n // 4 for n in (1, 2, 4, 8, 16)) + tuple(
    8_000 * n for n in (1, 2, 3, 4, 6, 12, 24)
)
"""Sample rates in Hz that are suggested in place of an unsupported one."""

INPUT_WORDS = {"mic": ("mic",), "line-in": ("line in", "line-in", "linein")}
"""Words for kinds of input, and the text that a device's name then contains."""


@dataclass(frozen=True)
class Device:
    """A device as PortAudio lists it; ``index`` is its place in that list until :func:`rescan`.

    ``inputs`` and ``outputs`` are channels, ``default_rate`` is in Hz. ``default_for`` names the
    directions in which it is the system's default, ``api_default_for`` its host API's. ``number``
    counts the devices of the same name and host API in the order of that list, from 1.
    """

    index: int
    name: str
    hostapi: str
    inputs: int
    outputs: int
    default_rate: int
    default_for: frozenset[Kind]
    api_default_for: frozenset[Kind]
    number: int = 1

    @property
    def own_name(self) -> str:
        """The name, with the number of a device whose name another one has before it."""
        return self.name if self.number == 1 else f"{self.name} #{self.number}"

    @property
    def full_name(self) -> str:
        """The name with its host API, by which :func:`choose` finds exactly this device."""
        return f"{self.hostapi}: {self.own_name}"

    def channels(self, kind: Kind) -> int:
        """The number of channels in that direction."""
        return self.inputs if kind == "input" else self.outputs


def same_clock(input: Device, output: Device) -> bool:
    """One device has one clock; all ports of a JACK server share one."""
    return input.index == output.index or "JACK" in input.hostapi == output.hostapi


def devices() -> list[Device]:
    """All devices as of PortAudio's initialisation, see :func:`rescan`.

    Raises LivevoxError if PortAudio is missing or does not start.
    """
    sounddevice = _sounddevice()
    apis = sounddevice.query_hostapis()
    kinds: tuple[Kind, Kind] = ("input", "output")

    twins: Counter[tuple[str, str]] = Counter()

    def described(index: int, found: dict[str, Any]) -> Device:
        api = apis[found["hostapi"]]
        twins[api["name"], found["name"]] += 1
        return Device(
            index,
            found["name"],
            api["name"],
            found["max_input_channels"],
            found["max_output_channels"],
            round(found["default_samplerate"]),
            frozenset(kind for kind in kinds if sounddevice.default.device[kind] == index),
            frozenset(kind for kind in kinds if api[f"default_{kind}_device"] == index),
            twins[api["name"], found["name"]],
        )

    return [described(index, found) for index, found in enumerate(sounddevice.query_devices())]


def rescan() -> None:
    """Restart PortAudio, which lists only the devices present when it was initialised.

    Close all streams first: they end with PortAudio, and using them afterwards is undefined. Every
    earlier :class:`Device` is invalid. Raises LivevoxError if PortAudio does not start again.
    """
    sounddevice = _sounddevice()
    jack_client.leave()
    try:
        while sounddevice._initialized:
            sounddevice._terminate()
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise _not_started(error) from None


def release() -> None:
    """Terminate PortAudio before the process ends. Close all streams first, see :func:`rescan`.

    Termination can hang with a sound server, so this waits at most a second.
    """
    jack_client.leave()
    if "sounddevice" in sys.modules:
        ending = threading.Thread(target=sys.modules["sounddevice"]._terminate, daemon=True)
        ending.start()
        ending.join(1.0)


def choose(name: str | None, kind: Kind, hostapi: str | None = None) -> Device:
    """The one device with channels of that ``kind`` that matches ``name``; the default for None.

    ``name`` is any part of the device's name or of "host API: name", ignoring case, or parts of
    both with a colon between, such as "JACK: system". An exact match wins over partial ones.
    Devices of the same name have numbers: "USB Audio #2" is the second one in the system's order.
    ``hostapi``, a part of a host API's name, limits the search to its devices. Raises LivevoxError
    if no device or more than one matches.
    """
    present = [device for device in devices() if device.channels(kind)]
    if not present:
        raise LivevoxError(f"there is no {kind} device: connect one, or start its sound server")
    usable = [d for d in present if hostapi is None or hostapi.casefold() in d.hostapi.casefold()]
    if not usable:
        apis = dict.fromkeys(repr(device.hostapi) for device in present)
        raise LivevoxError(
            f"no host API with {kind} devices matches {hostapi!r}: choose {' or '.join(apis)}"
        )
    if name is None:
        meant = [d for d in usable if kind in (d.api_default_for if hostapi else d.default_for)]
        asked = f"the default {kind} device"
    else:
        exact = [device for device in usable if device.full_name.casefold() == name.casefold()]
        whole = exact or [device for device in usable if _means(name, device, whole=True)]
        meant = whole or [device for device in usable if _means(name, device, whole=False)]
        asked = f"{kind} device {name!r}"
    if len(meant) == 1:
        return meant[0]
    if not meant:
        if name is not None and (hidden := _with_unusable_name(name)) is not None:
            raise LivevoxError(
                f"PortAudio finds no channels of {hidden.full_name!r} because of a special "
                f"character in its name: rename it, or choose {_listed(usable)}"
            )
        raise LivevoxError(f"{asked} does not exist: choose {_listed(usable)}")
    raise LivevoxError(f"{asked} matches {len(meant)} devices: choose {_listed(meant)}")


def choose_input(name: str | None) -> Device:
    """Like :func:`choose`, but a word of :data:`INPUT_WORDS` selects the one input device with such
    a name, else the default one.

    Raises LivevoxError if several devices, and not the default one, have such a name.
    """
    parts = INPUT_WORDS.get((name or "").casefold())
    if parts is None:
        return choose(name, "input")
    meant = [
        device
        for device in devices()
        if device.inputs and any(part in device.name.casefold() for part in parts)
    ]
    usual = [device for device in meant if "input" in device.default_for]
    if not meant or usual:
        return choose(None, "input")
    if len(meant) > 1:
        raise LivevoxError(f"'{name}' matches {len(meant)} devices: choose {_listed(meant)}")
    return meant[0]


def check_format(device: Device, kind: Kind, rate: int, channels: int) -> None:
    """Raise LivevoxError unless the device supports float32 at ``rate`` Hz and ``channels``."""
    most = device.channels(kind)
    if not 1 <= channels <= most:
        raise LivevoxError(
            f"{device.full_name!r} has {most} {kind} channels, not {channels}: choose 1 to {most}"
        )
    reason = _refusal(device, kind, rate, channels)
    if reason is None:
        return
    rates = sorted({*USUAL_RATES, device.default_rate})
    taken = [str(r) for r in rates if _refusal(device, kind, r, channels) is None]
    if not taken:
        raise LivevoxError(
            f"{kind} device {device.full_name!r} accepts no sample rate ({reason}): "
            "close other programs that use it, or choose another device"
        )
    raise LivevoxError(
        f"{kind} device {device.full_name!r} does not support {rate} Hz ({reason}): "
        f"choose {' or '.join(taken)} Hz"
    )


def _means(name: str, device: Device, whole: bool) -> bool:
    wanted, full = name.casefold(), device.full_name.casefold()
    of_api, own = device.hostapi.casefold(), device.own_name.casefold()
    before, colon, after = (part.strip() for part in wanted.partition(":"))
    if whole:
        return wanted in (own, full) or (colon == ":" and before in of_api and after == own)
    return wanted in full or (colon == ":" and before in of_api and after in own)


def _with_unusable_name(name: str) -> Device | None:
    """A JACK device of that name whose ports PortAudio does not find: it takes names for regular
    expressions."""
    for device in devices():
        unusable = "JACK" in device.hostapi and not device.inputs and not device.outputs
        if unusable and re.search(r"[^\w\s-]", device.name) and _means(name, device, whole=False):
            return device
    return None


def _listed(some: Sequence[Device]) -> str:
    return " or ".join(repr(device.full_name) for device in some)


def _refusal(device: Device, kind: Kind, rate: int, channels: int) -> str | None:
    """PortAudio's reason for refusing the format; None if it accepts it."""
    sounddevice = _sounddevice()
    check = getattr(sounddevice, f"check_{kind}_settings")
    try:
        check(device=device.index, channels=channels, dtype="float32", samplerate=rate)
    except sounddevice.PortAudioError as error:
        return _reason(error)
    return None


def _sounddevice() -> Any:
    """The module, imported here because importing it initialises PortAudio."""
    if "sounddevice" not in sys.modules and sys.platform == "linux":
        name_jack_client()
    try:
        import sounddevice
    except OSError:
        raise LivevoxError(
            "PortAudio is missing: install it (on Debian and Ubuntu: apt install libportaudio2)"
        ) from None
    except Exception as error:  # PortAudioError, which can't be imported here
        raise _not_started(error) from None
    return sounddevice


def _not_started(error: Exception) -> LivevoxError:
    return LivevoxError(
        f"PortAudio does not start ({_reason(error)}): restart the sound server or the computer"
    )


def _reason(error: Exception) -> str:
    """PortAudio's error message, or the host API's if PortAudio has none."""
    text, *details = error.args
    host_error = details[1][2] if len(details) > 1 else ""
    return str(host_error or text)
