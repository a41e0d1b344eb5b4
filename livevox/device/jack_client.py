"""This process' own client of a JACK server. It has no ports: it asks what PortAudio does not
report, and does what PortAudio does slowly."""

from __future__ import annotations

import ctypes
import threading
from contextlib import suppress
from typing import Any

LIBRARY = "libjack.so.0"
"""PortAudio has loaded it where it has devices of a JACK server."""
NAME = b"livevox watch"
NO_START_SERVER = 1
IS_INPUT, IS_OUTPUT = 1, 2
"""Flags of ports: what a program plays comes out of its outputs."""
AUDIO = b"32 bit float mono audio"

_client: JackClient | None = None


def jack_client() -> JackClient | None:
    """The client, which the first call makes; None without a JACK server that has room for it."""
    global _client
    if _client is None:
        with suppress(OSError, AttributeError):
            jack = _library()
            if handle := jack.jack_client_open(NAME, NO_START_SERVER, None):
                _client = JackClient(jack, handle)
    return _client


def leave() -> None:
    """Close the client, if there is one. This can hang if the server is gone, so it waits at most
    a second."""
    global _client
    client, _client = _client, None
    if client is not None:
        closing = threading.Thread(target=client.close, daemon=True)
        closing.start()
        closing.join(1.0)


class JackClient:
    """Made by :func:`jack_client`. No longer valid after :func:`leave`."""

    def __init__(self, jack: Any, handle: int) -> None:
        self._jack = jack
        self._handle = handle

    @property
    def period(self) -> int:
        """The server's period in samples. PipeWire reports its usual one."""
        return int(self._jack.jack_get_buffer_size(self._handle))

    def ports(self, program: str, flag: int) -> list[bytes]:
        """The full names of a program's ports for audio with that flag."""
        found = self._names(self._jack.jack_get_ports(self._handle, None, AUDIO, flag))
        return [port for port in found if port.startswith(f"{program}:".encode())]

    def has(self, port: bytes) -> bool:
        """Whether there is a port of that full name."""
        return bool(self._jack.jack_port_by_name(self._handle, port))

    def disconnect(self, program: str) -> None:
        """Disconnect all ports of a program at once."""
        outputs, inputs = self.ports(program, IS_OUTPUT), self.ports(program, IS_INPUT)
        pairs = [(port, other) for port in outputs for other in self._connections(port)]
        pairs += [(other, port) for port in inputs for other in self._connections(port)]
        # Whoever asks for connections after a change waits for more than a period.
        for source, target in pairs:
            self._jack.jack_disconnect(self._handle, source, target)

    def _connections(self, port: bytes) -> list[bytes]:
        found = self._jack.jack_port_by_name(self._handle, port)
        return self._names(self._jack.jack_port_get_all_connections(self._handle, found))

    def _names(self, listed: Any) -> list[bytes]:
        """The names in a list of the server's, which is freed."""
        names: list[bytes] = []
        while listed and listed[len(names)] is not None:
            names.append(listed[len(names)])
        self._jack.jack_free(listed)
        return names

    def close(self) -> None:
        """Leave the server."""
        self._jack.jack_client_close(self._handle)


def _library() -> Any:
    jack: Any = ctypes.CDLL(LIBRARY)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    names = ctypes.POINTER(text)
    types: dict[str, tuple[Any, list[Any]]] = {
        "jack_client_open": (pointer, [text, number, pointer]),
        "jack_client_close": (number, [pointer]),
        "jack_get_buffer_size": (ctypes.c_uint32, [pointer]),
        "jack_get_ports": (names, [pointer, text, text, ctypes.c_ulong]),
        "jack_port_by_name": (pointer, [pointer, text]),
        "jack_port_get_all_connections": (names, [pointer, pointer]),
        "jack_disconnect": (number, [pointer, text, text]),
        "jack_free": (None, [pointer]),
    }
    for name, (result, arguments) in types.items():
        function = getattr(jack, name)
        function.restype, function.argtypes = result, arguments
    return jack
