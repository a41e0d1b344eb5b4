"""A UDP socket that receives and sends OSC messages without blocking."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from pythonosc.osc_message_builder import build_msg
from pythonosc.osc_packet import OscPacket

from livevox.errors import LivevoxError

LOOPBACK = "127.0.0.1"
LARGEST_DATAGRAM = 65_535
MOST_DATAGRAMS = 256
"""Datagrams read per poll, so that a flood can't hold up the caller."""

Value = float | int | str | bool


@dataclass(frozen=True)
class Address:
    """An IPv4 or IPv6 address and a UDP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``PORT``, which means this computer only, or ``HOST:PORT``.

        Raises LivevoxError if it is neither, or if the host is no numeric address or localhost.

        >>> str(Address.parse("9000")), str(Address.parse("[::1]:9000"))
        ('127.0.0.1:9000', '[::1]:9000')
        """
        host, _, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if host in ("", "localhost"):
            host = LOOPBACK
        try:
            ipaddress.ip_address(host)
            number = int(port)
            if not 1 <= number <= 65_535:
                raise ValueError
        except ValueError:
            raise LivevoxError(
                f"'{text}' is no OSC address: give a port from 1 to 65535, as 9000, "
                "or a numeric address with a port, as 192.168.1.20:9000"
            ) from None
        return cls(host, number)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def family(self) -> socket.AddressFamily:
        """Of a socket for it."""
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET


@dataclass(frozen=True)
class Message:
    """An OSC message."""

    address: str
    values: tuple[object, ...]


class OscPort:
    """Listens at an address, and sends to any number of others. Damaged messages are ignored.

    Raises LivevoxError if the address can't be used.
    """

    def __init__(self, listen: Address | None, targets: Sequence[Address]) -> None:
        self._socket: socket.socket | None = None
        self._targets = [(socket.socket(to.family, socket.SOCK_DGRAM), to) for to in targets]
        for sender, _ in self._targets:
            sender.setblocking(False)
        if listen is not None:
            self._socket = socket.socket(listen.family, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            try:
                self._socket.bind((listen.host, listen.port))
            except OSError as error:
                self.close()
                raise LivevoxError(
                    f"OSC can't listen at {listen} ({error.strerror}): choose another port, "
                    "or close the program that uses it"
                ) from None

    @property
    def socket(self) -> socket.socket | None:
        """Readable when messages wait; None if this port only sends."""
        return self._socket

    def poll(self) -> list[Message]:
        """The messages that wait, at most :data:`MOST_DATAGRAMS` datagrams; bundles in order.

        The times of bundles are ignored: everything takes effect at once.
        """
        messages: list[Message] = []
        if self._socket is None:
            return messages
        for _ in range(MOST_DATAGRAMS):
            try:
                datagram = self._socket.recv(LARGEST_DATAGRAM)
            except BlockingIOError:
                break
            except OSError:
                # An earlier answer found nobody (ICMP); the socket still works.
                continue
            try:
                packet = OscPacket(datagram)
            except Exception:  # python-osc raises more than its ParseError for damaged datagrams
                continue
            messages += [
                Message(timed.message.address, tuple(timed.message.params))
                for timed in packet.messages
            ]
        return messages

    def send(self, address: str, *values: Value) -> None:
        """Send a message to every target. What a full buffer or a closed network drops is lost."""
        datagram = build_msg(address, list(values)).dgram
        for sender, to in self._targets:
            with suppress(OSError):
                sender.sendto(datagram, (to.host, to.port))

    def close(self) -> None:
        """Close the sockets; calling it twice is fine."""
        for each in (self._socket, *(sender for sender, _ in self._targets)):
            if each is not None:
                each.close()
