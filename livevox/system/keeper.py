"""The process that creates the virtual outputs, sets the default output, and restores it.

    python -m livevox.system.keeper FD

Started by :class:`livevox.system.pipewire.PipewireAudio`. The pipe on file descriptor FD closes
when livevox ends, even if it is killed; the keeper then restores the default output and ends. The
virtual outputs belong to a child process that ends with the keeper, even if that is killed.
"""

from __future__ import annotations

import codecs
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from livevox.system.defaults import CONFIGURED, Defaults
from livevox.system.graph import (
    SINK,
    SINK_SHOWN,
    WAY_OUT,
    WAY_OUT_SHOWN,
    Graph,
    Node,
    card_to_use,
)
from livevox.system.messages import KeeperState, Take
from livevox.system.programs import ask

LOOK_SECONDS = 0.5
"""Interval at which failed commands, and the connection to a server that ended, are retried."""
READ_BYTES = 1 << 18
NO_OUTPUT = "no output is there: connect one"
ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")
NODE = (
    "create-node adapter {{ factory.name=support.null-audio-sink node.name={name} "
    'node.description="{description}" media.class={media_class} audio.channels=2 '
    "audio.position=[ FL FR ] monitor.channel-volumes=true priority.driver=1 "
    # The session manager never makes it the default by itself.
    "priority.session=-1 object.linger=false }}\n"
)
NODES = NODE.format(name=SINK, description=SINK_SHOWN, media_class="Audio/Sink") + NODE.format(
    name=WAY_OUT, description=WAY_OUT_SHOWN, media_class="Audio/Sink/Internal"
)


class _EndedError(Exception):
    """The client has ended."""


class _ServerGoneError(Exception):
    """The sound server has ended."""


class _Child:
    """A program that ends with this process."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [*ENDS_WITH_US, *command],
            stdin=subprocess.PIPE,
            # Nobody reads what pw-cli says.
            stdout=subprocess.DEVNULL if command == ("pw-cli",) else subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def fileno(self) -> int:
        """The descriptor of its standard output, for select."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def read(self) -> str:
        """Its new output. Raises _ServerGoneError if it has ended."""
        data = os.read(self.fileno(), READ_BYTES)
        if not data:
            raise _ServerGoneError
        return self._decoder.decode(data)

    def write(self, text: str) -> None:
        """Write to its standard input. Raises _ServerGoneError if it has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(text.encode())
        except BrokenPipeError:
            raise _ServerGoneError from None

    def end(self) -> None:
        """Kill it; calling this twice is fine."""
        self._process.kill()
        self._process.wait()


class Keeper:
    """Creates the virtual outputs and keeps the graph as the client wants it, until that ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._on = False
        self._state: KeeperState | None = None
        self._graph = Graph()
        self._defaults = Defaults()
        self._chosen: str | None = None
        """Node name of the default output that the user chose; None for no choice."""
        self._used: str | None = None
        """Node name of the sound card in use."""
        self._seen: set[str] = set()
        """Node names of the cards so far."""

    def run(self) -> None:
        """Serve until the client ends; continue after restarts of the sound server."""
        with suppress(_EndedError):
            while True:
                try:
                    self._serve()
                except _ServerGoneError:
                    self._report(
                        False, None, "PipeWire has ended: the sound resumes when it is back"
                    )
                self._wait([])

    def _serve(self) -> None:
        """Serve until the server or the client ends."""
        graph = self._graph = Graph()
        children = [
            dump := _Child("pw-dump", "--monitor", "--no-colors"),
            nodes := _Child("pw-cli"),
        ]
        metadata: _Child | None = None
        watched: int | None = None
        made = False
        try:
            while True:
                readable = self._wait([child for child in (dump, metadata) if child is not None])
                if dump in readable:
                    graph.feed(dump.read())
                if metadata is not None and metadata in readable:
                    self._defaults.feed(metadata.read())
                if graph.known and graph.defaults_id != watched:
                    # The session manager was started or restarted.
                    watched, self._defaults = graph.defaults_id, Defaults()
                    if metadata is not None:
                        metadata.end()
                    metadata = _Child("pw-metadata", "--monitor", "0") if watched else None
                    children += [metadata] if metadata else []
                if graph.known and watched is None:
                    problem = "PipeWire runs without a session manager: install wireplumber"
                    self._report(False, None, problem)
                elif made:
                    self._settle()
                elif graph.node(SINK) is not None:
                    problem = "another livevox plays the computer's sound: end it first"
                    self._report(False, None, problem)
                elif self._defaults.effective is not None:
                    made = True
                    self._used = self._used or self._defaults.effective
                    nodes.write(NODES)
                elif graph.known and not graph.cards():
                    self._report(False, None, NO_OUTPUT)
        except _EndedError:
            self._restore_default()
            raise
        finally:
            for child in children:
                child.end()

    def _wait(self, children: list[_Child]) -> list[_Child]:
        """Wait for output or a command, up to :data:`LOOK_SECONDS`; return children to read."""
        everything: list[Any] = [self._connection, *children]
        ready, _, _ = select.select(everything, [], [], LOOK_SECONDS)
        if self._connection in ready:
            try:
                command: Take = self._connection.recv()
            except (EOFError, OSError):
                raise _EndedError from None
            self._on = command.on
        return [child for child in children if child in ready]

    def _settle(self) -> None:
        """Set links and default output as they should be. Failed commands are repeated later."""
        graph = self._graph
        self._chosen = self._defaults.chosen or self._chosen
        cards = graph.cards()
        card = card_to_use(cards, self._chosen, self._used, cards.keys() - self._seen)
        self._seen = set(cards)
        linked = False
        if card is not None:
            self._used = card.name
            wanted, there = graph.wanted_links(card), graph.links_of_way_out()
            if wanted != there and (way_out := graph.node(WAY_OUT)) is not None:
                volumes = json.dumps({"channelVolumes": 2 * [graph.volume(card)]})
                ask("pw-cli", "set-param", str(way_out.id), "Props", volumes)
            # Unlink first: two cards at once would have two clocks.
            for source, target in there - wanted:
                ask("pw-link", "-d", str(source), str(target))
            for source, target in wanted - there:
                ask("pw-link", str(source), str(target))
            linked = bool(wanted) and wanted == there
        self._make_default(SINK if self._on and linked else self._chosen)
        self._report(graph.ready, card, "" if card else NO_OUTPUT)

    def _restore_default(self) -> None:
        """Restore the user's choice. The monitor may not have printed yet what was set last, so the
        server is asked; once more, where a command failed."""
        for _ in range(2):
            self._defaults = Defaults()
            self._defaults.feed(ask("pw-metadata", "0", CONFIGURED) or "")
            if self._defaults.configured == SINK:
                self._make_default(self._chosen)

    def _make_default(self, name: str | None) -> None:
        """Set the configured default output to livevox, or from livevox back to ``name``, None for
        no choice."""
        configured = self._defaults.configured
        if name == configured or (name != SINK and configured != SINK):
            return
        if name is None:
            ask("pw-metadata", "-d", "0", CONFIGURED)
        else:
            value = json.dumps({"name": name})
            ask("pw-metadata", "0", CONFIGURED, value, "Spa:String:JSON")

    def _report(self, ready: bool, card: Node | None, problem: str) -> None:
        state = KeeperState(ready, card.description if card else None, problem)
        if state != self._state:
            self._state = state
            with suppress(OSError):
                self._connection.send(state)


def _end(*_: object) -> None:
    raise _EndedError


def main() -> None:
    """The process' main function."""
    signal.signal(signal.SIGTERM, _end)
    Keeper(Connection(int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
