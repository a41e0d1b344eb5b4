"""PipeWire's graph, as `pw-dump --monitor` prints it, and the links that livevox needs in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

SINK = "livevox"
"""Node name of the virtual output that programs play to."""
WAY_OUT = "livevox-out"
"""Node name of the virtual output that the engine plays to. Its monitor is linked to the sound
card. It is internal: lists of outputs don't show it."""
SINK_SHOWN, WAY_OUT_SHOWN = "livevox", "livevox way out"
"""Their descriptions. JACK clients see these as the nodes' names."""
_CHANNELS = ("FL", "FR")


@dataclass(frozen=True)
class Node:
    """A node by its id."""

    id: int
    name: str
    description: str
    media_class: str
    priority: int
    """Used by the session manager to choose a default output."""


@dataclass(frozen=True)
class Port:
    """A port by its id. ``number`` is its place at the node, ``channel`` FL, FR, MONO and so on."""

    id: int
    node: int
    number: int
    channel: str
    is_input: bool


@dataclass(frozen=True)
class Link:
    """A link between two ports by their ids."""

    id: int
    source: int
    target: int


class Graph:
    """Nodes, ports and links. Feed it with what `pw-dump --monitor` prints."""

    def __init__(self) -> None:
        self.nodes: dict[int, Node] = {}
        self.ports: dict[int, Port] = {}
        self.links: dict[int, Link] = {}
        self.known = False
        """Whether the first, complete list has arrived."""
        self.defaults_id: int | None = None
        """Of the session manager's metadata that hold the defaults; None without one."""
        self._text = ""
        self._decoder = json.JSONDecoder()

    def feed(self, text: str) -> bool:
        """Process the next part of the text; return whether it completed a list of changes."""
        self._text = (self._text + text).lstrip()
        complete = False
        while self._text:
            try:
                changes, end = self._decoder.raw_decode(self._text)
            except json.JSONDecodeError:
                break
            self._text = self._text[end:].lstrip()
            for change in changes:
                self._apply(change)
            self.known = complete = True
        return complete

    def _apply(self, change: dict[str, Any]) -> None:
        identity, info = int(change["id"]), change.get("info")
        # An id may come to stand for something else.
        self.nodes.pop(identity, None)
        self.ports.pop(identity, None)
        self.links.pop(identity, None)
        if identity == self.defaults_id:
            self.defaults_id = None
        if (change.get("props") or {}).get("metadata.name") == "default":
            self.defaults_id = identity
        if not info:
            return
        props: Mapping[str, Any] = info.get("props") or {}
        match change["type"]:
            case "PipeWire:Interface:Node":
                name = str(props.get("node.name", ""))
                self.nodes[identity] = Node(
                    identity,
                    name,
                    str(props.get("node.description") or name),
                    str(props.get("media.class", "")),
                    int(props.get("priority.session", 0)),
                )
            case "PipeWire:Interface:Port":
                self.ports[identity] = Port(
                    identity,
                    int(props["node.id"]),
                    int(props.get("port.id", 0)),
                    str(props.get("audio.channel", "")),
                    info["direction"] == "input",
                )
            case "PipeWire:Interface:Link":
                source, target = info["output-port-id"], info["input-port-id"]
                self.links[identity] = Link(identity, source, target)

    def node(self, name: str) -> Node | None:
        """The node of that name."""
        return next((node for node in self.nodes.values() if node.name == name), None)

    def cards(self) -> dict[str, Node]:
        """All outputs except livevox's own, by name."""
        return {
            node.name: node
            for node in self.nodes.values()
            if node.media_class == "Audio/Sink" and node.name != SINK and self.inputs(node)
        }

    def inputs(self, node: Node) -> list[Port]:
        """Its input ports, in order."""
        found = (port for port in self.ports.values() if port.node == node.id and port.is_input)
        return sorted(found, key=lambda port: port.number)

    def wanted_links(self, card: Node) -> set[tuple[int, int]]:
        """The links from the engine's output to the card, as pairs of port ids: to the left and
        right channel, else to the first two ports, or both to the port of a mono card."""
        way_out = self.node(WAY_OUT)
        ports = self.inputs(card)
        if way_out is None or not ports:
            return set()
        monitors = {
            port.channel: port.id
            for port in self.ports.values()
            if port.node == way_out.id and not port.is_input
        }
        by_channel = {port.channel: port for port in ports}
        in_order = [ports[0], ports[min(1, len(ports) - 1)]]
        targets = [by_channel.get(c, port) for c, port in zip(_CHANNELS, in_order, strict=True)]
        return {
            (monitors[channel], target.id)
            for channel, target in zip(_CHANNELS, targets, strict=True)
            if channel in monitors
        }

    def volume(self, card: Node) -> float:
        """The gain of each channel to the card; both add up on a mono card."""
        return 0.5 if len(self.inputs(card)) == 1 else 1.0

    @property
    def ready(self) -> bool:
        """Whether both virtual outputs exist with all their ports."""
        count = len(_CHANNELS)
        nodes = [self.node(SINK), self.node(WAY_OUT)]
        return all(
            node is not None and sum(p.node == node.id for p in self.ports.values()) == 2 * count
            for node in nodes
        )

    def links_of_way_out(self) -> set[tuple[int, int]]:
        """The present links from the engine's output, as pairs of port ids."""
        way_out = self.node(WAY_OUT)
        if way_out is None:
            return set()
        ours = {port.id for port in self.ports.values() if port.node == way_out.id}
        return {(each.source, each.target) for each in self.links.values() if each.source in ours}


def card_to_use(
    cards: Mapping[str, Node], chosen: str | None, used: str | None, appeared: Set[str]
) -> Node | None:
    """The card to play to: the one that the user has ``chosen``. Without it, the ``used`` one, or
    one with a higher priority that has ``appeared``."""
    if chosen is not None and chosen in cards:
        return cards[chosen]
    candidates = {name for name in cards if name == used or name in appeared}
    among = candidates if used in cards else set(cards)
    rank = {name: (cards[name].priority, name == used) for name in among}
    return cards[max(rank, key=lambda name: rank[name])] if rank else None
