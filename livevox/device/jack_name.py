"""livevox's name among the clients of a JACK server."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress

PORTAUDIO = "libportaudio.so.2"
"""The library, on Linux. These functions are of its own interface for JACK (pa_jack.h), which
sounddevice lacks."""
JACK_CLIENT = "livevox"
"""The name of livevox's sound."""
_name = ctypes.create_string_buffer(JACK_CLIENT.encode(), 64)
"""The name that this process has. PortAudio keeps the pointer."""


def use_jack_name(name: str) -> None:
    """Be called ``name`` among JACK's clients. Call it before PortAudio is used."""
    _name.value = name.encode()


def jack_name() -> str | None:
    """The name that PortAudio has among JACK's clients: a number may follow the one it was given.
    None if it is none of them."""
    name = ctypes.c_char_p()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(PORTAUDIO).PaJack_GetClientName(ctypes.byref(name))
    return name.value.decode() if name.value else None


def name_jack_client() -> None:
    """Give PortAudio's JACK client livevox's name; it takes effect when PortAudio starts.

    On PipeWire, have characters left out of the names of others that PortAudio takes for those of a
    regular expression: it finds no channels of such a device.
    """
    os.environ.setdefault("PIPEWIRE_PROPS", "{ jack.filter-name = true }")
    with suppress(OSError, AttributeError):
        ctypes.CDLL(PORTAUDIO).PaJack_SetClientName(_name)
