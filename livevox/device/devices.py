"""Audio devices by name, and whether they take a format."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from livevox.errors import LivevoxError

Kind = Literal["input", "output"]
"""Input devices record, output devices play; one device can do both."""

USUAL_RATES = tuple(44_100 * n // 4 for n in (1, 2, 4, 8, 16)) + tuple(
    8_000 * n for n in (1, 2, 3, 4, 6, 12, 24)
)
"""Hz: those that are offered instead of a rate that a device does not take."""

INPUT_WORDS = {"mic": ("mic",), "line-in": ("line in", "line-in", "linein")}
"""What a person calls an input, and what its device's name then has in it."""


@dataclass(frozen=True)
class Device:
    """A device as PortAudio lists it; ``index`` is its place in that list until :func:`rescan`.

    ``inputs`` and ``outputs`` are channels, ``default_rate`` is in Hz. ``default_for`` names the
    directions in which it is the system's default, ``api_default_for`` its host API's.
    """

    index: int
    name: str
    hostapi: str
    inputs: int
    outputs: int
    default_rate: int
    default_for: frozenset[Kind]
    api_default_for: frozenset[Kind]

    @property
    def full_name(self) -> str:
        """The name by which :func:`choose` tells it from its namesakes of other host APIs."""
        return f"{self.hostapi}: {self.name}"

    def channels(self, kind: Kind) -> int:
        """How many channels it has in that direction, 0 for none."""
        return self.inputs if kind == "input" else self.outputs


def devices() -> list[Device]:
    """All devices that were there when PortAudio was initialised, see :func:`rescan`.

    Raises LivevoxError where PortAudio is missing or does not start.
    """
    sounddevice = _sounddevice()
    apis = sounddevice.query_hostapis()
    kinds: tuple[Kind, Kind] = ("input", "output")

    def described(index: int, found: dict[str, Any]) -> Device:
        api = apis[found["hostapi"]]
        return Device(
            index,
            found["name"],
            api["name"],
            found["max_input_channels"],
            found["max_output_channels"],
            round(found["default_samplerate"]),
            frozenset(kind for kind in kinds if sounddevice.default.device[kind] == index),
            frozenset(kind for kind in kinds if api[f"default_{kind}_device"] == index),
        )

    return [described(index, found) for index, found in enumerate(sounddevice.query_devices())]


def rescan() -> None:
    """Look for devices anew, as PortAudio lists those only that it found when it was initialised.

    Close all streams first: they end with PortAudio, and using them after that is undefined. Every
    :class:`Device` from before is void. Raises LivevoxError where PortAudio does not start again.
    """
    sounddevice = _sounddevice()
    try:
        while sounddevice._initialized:
            sounddevice._terminate()
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        raise _not_started(error) from None


def release() -> None:
    """End PortAudio, before the process ends. Close all streams first, see :func:`rescan`.

    Where a sound server hangs, so may this: it waits a second at most.
    """
    if "sounddevice" in sys.modules:
        ending = threading.Thread(target=sys.modules["sounddevice"]._terminate, daemon=True)
        ending.start()
        ending.join(1.0)


def choose(name: str | None, kind: Kind, hostapi: str | None = None) -> Device:
    """The one device with channels of that ``kind`` that ``name`` means, the default for None.

    ``name`` is any part of the device's name or of "host API: name", in upper or lower case, or
    parts of both with a colon between, such as "JACK: system"; a whole name beats parts of others.
    ``hostapi``, a part of a host API's name, leaves only its devices. Raises LivevoxError where no
    device or more than one is meant.
    """
    present = [device for device in devices() if device.channels(kind)]
    if not present:
        raise LivevoxError(f"no {kind} device is there: connect one, or start its sound server")
    usable = [d for d in present if hostapi is None or hostapi.casefold() in d.hostapi.casefold()]
    if not usable:
        apis = dict.fromkeys(repr(device.hostapi) for device in present)
        raise LivevoxError(
            f"no host API with {kind} devices is called {hostapi!r}: choose {' or '.join(apis)}"
        )
    if name is None:
        meant = [d for d in usable if kind in (d.api_default_for if hostapi else d.default_for)]
        asked = f"the default {kind} device"
    else:
        whole = [device for device in usable if _means(name, device, whole=True)]
        meant = whole or [device for device in usable if _means(name, device, whole=False)]
        asked = f"{kind} device {name!r}"
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise LivevoxError(f"{asked} does not exist: choose {_listed(usable)}")
    raise LivevoxError(f"{asked} can be {len(meant)} devices: choose {_listed(meant)}")


def choose_input(name: str | None) -> Device:
    """As :func:`choose`; the words of :data:`INPUT_WORDS` mean the one input device whose name says
    so, else the default one.

    Raises LivevoxError where the name of more than one says so, and the default's does not.
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
        raise LivevoxError(f"'{name}' can be {len(meant)} devices: choose {_listed(meant)}")
    return meant[0]


def check_format(device: Device, kind: Kind, rate: int, channels: int) -> None:
    """Raise LivevoxError unless the device takes float32 at ``rate`` Hz in so many channels."""
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
            f"{kind} device {device.full_name!r} takes no rate at all ({reason}): "
            "close other programs that use it, or choose another device"
        )
    raise LivevoxError(
        f"{kind} device {device.full_name!r} does not take {rate} Hz ({reason}): "
        f"choose {' or '.join(taken)} Hz"
    )


def _means(name: str, device: Device, whole: bool) -> bool:
    wanted, full = name.casefold(), device.full_name.casefold()
    of_api, own = device.hostapi.casefold(), device.name.casefold()
    before, colon, after = (part.strip() for part in wanted.partition(":"))
    if whole:
        return wanted in (own, full) or (colon == ":" and before in of_api and after == own)
    return wanted in full or (colon == ":" and before in of_api and after in own)


def _listed(some: Sequence[Device]) -> str:
    return " or ".join(repr(device.full_name) for device in some)


def _refusal(device: Device, kind: Kind, rate: int, channels: int) -> str | None:
    """Why PortAudio refuses the format; None where it takes it."""
    sounddevice = _sounddevice()
    check = getattr(sounddevice, f"check_{kind}_settings")
    try:
        check(device=device.index, channels=channels, dtype="float32", samplerate=rate)
    except sounddevice.PortAudioError as error:
        return _reason(error)
    return None


def _sounddevice() -> Any:
    """The module, imported here because importing it initialises PortAudio."""
    try:
        import sounddevice
    except OSError:
        raise LivevoxError(
            "PortAudio is missing: install it (on Debian and Ubuntu: apt install libportaudio2)"
        ) from None
    except Exception as error:  # its own PortAudioError, which can't be imported either
        raise _not_started(error) from None
    return sounddevice


def _not_started(error: Exception) -> LivevoxError:
    return LivevoxError(
        f"PortAudio does not start ({_reason(error)}): restart the sound server or the computer"
    )


def _reason(error: Exception) -> str:
    """PortAudio's words, or where it has none of its own those of the host API."""
    text, *details = error.args
    host_error = details[1][2] if len(details) > 1 else ""
    return str(host_error or text)
