"""PipeWire's reports of its graph are understood in any pieces, and lead to the right card."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from livevox.errors import LivevoxError
from livevox.system.defaults import Defaults
from livevox.system.graph import WAY_OUT, Graph, Node, card_to_use
from livevox.system.macos import MacosAudio
from livevox.system.pipewire import PACKAGES, PipewireAudio


def node(identity: int, name: str, media_class: str = "Audio/Sink", priority: int = 0) -> Any:
    props = {
        "node.name": name,
        "node.description": f"{name} (1) + [2]",
        "media.class": media_class,
        "priority.session": priority,
    }
    return {"id": identity, "type": "PipeWire:Interface:Node", "info": {"props": props}}


def port(identity: int, of: int, number: int, channel: str, direction: str) -> Any:
    props = {"node.id": of, "port.id": number, "audio.channel": channel}
    info = {"direction": direction, "props": props}
    return {"id": identity, "type": "PipeWire:Interface:Port", "info": info}


def defaults() -> Any:
    props = {"metadata.name": "default"}
    return {"id": 35, "type": "PipeWire:Interface:Metadata", "props": props, "metadata": []}


def gone(identity: int) -> Any:
    return {"id": identity, "info": None}


def graph(*changes: list[Any]) -> Graph:
    found = Graph()
    found.feed("\n".join(json.dumps(change, indent=2) for change in changes))
    return found


WAY = [
    node(50, WAY_OUT, "Audio/Sink/Internal"),
    port(51, 50, 0, "FL", "output"),
    port(52, 50, 1, "FR", "output"),
    port(53, 50, 0, "FL", "input"),
    port(54, 50, 1, "FR", "input"),
]


def test_however_the_text_is_cut_the_graph_is_the_same() -> None:
    # In order of their numbers, which ids do not have.
    ports = [port(9, 8, 0, "FL", "input"), port(7, 8, 1, "FR", "input")]
    changes = [[node(8, "card"), *ports, *WAY, defaults()], [gone(52)], [gone(54), gone(53)]]
    text = "\n".join(json.dumps(change, indent=2) for change in changes)
    whole = graph(*changes)
    draw = random.Random(0)
    for _ in range(20):
        found, rest, complete = Graph(), text, 0
        while rest:
            size = draw.randint(1, 700)
            complete += found.feed(rest[:size])
            rest = rest[size:]
        assert complete
        assert (found.nodes, found.ports) == (whole.nodes, whole.ports)
    assert [p.id for p in whole.inputs(whole.nodes[8])] == [9, 7]
    assert whole.defaults_id == 35
    assert 52 not in whole.ports


def test_an_id_that_comes_to_stand_for_something_else_is_forgotten() -> None:
    found = graph([defaults(), *WAY], [gone(35)], [node(35, "card")])
    assert found.defaults_id is None
    assert found.nodes[35].name == "card"


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (("FL", "FR"), [0, 1]),
        (("FR", "FL"), [1, 0]),
        (("FC", "LFE", "FL", "FR", "RL", "RR"), [2, 3]),
        (("AUX0", "AUX1", "AUX2", "AUX3"), [0, 1]),
        (("MONO",), [0, 0]),
    ],
)
def test_left_and_right_go_where_they_belong(
    channels: tuple[str, ...], expected: list[int]
) -> None:
    ports = [port(100 + n, 8, n, channel, "input") for n, channel in enumerate(channels)]
    found = graph([node(8, "card"), *ports, *WAY])
    (card,) = found.cards().values()
    left, right = expected
    assert found.wanted_links(card) == {(51, 100 + left), (52, 100 + right)}
    assert found.volume(card) == (0.5 if len(ports) == 1 else 1.0)


def test_defaults_are_followed_line_by_line() -> None:
    printed = """Found "default" metadata 35
update: id:0 key:'default.configured.audio.sink' value:'{ "name": "a's" }' type:'Spa:String:JSON'
update: id:0 key:'default.audio.source' value:'{"name":"mic"}' type:'Spa:String:JSON'
update: id:7 key:'default.audio.sink' value:'{"name":"other"}' type:'Spa:String:JSON'
update: id:0 key:'default.audio.sink' value:'{"name":"livevox"}' type:'Spa:String:JSON'
update: id:0 key:'default.configured.audio.sink' value:'{"name":"livevox"}' type:'Spa:String:JSON'
remove: id:0 key:'default.configured.audio.sink'
remove: id:0 all keys
"""
    found, seen = Defaults(), []
    for line in printed.splitlines(keepends=True):
        # A line may come in parts.
        found.feed(line[:9])
        found.feed(line[9:])
        seen.append((found.configured, found.chosen, found.effective))
    user = "a's"
    assert seen == [
        (None, None, None),
        (user, user, None),
        (user, user, None),
        (user, user, None),
        (user, user, "livevox"),
        ("livevox", None, "livevox"),
        (None, None, "livevox"),
        (None, None, None),
    ]


def cards(**priorities: int) -> dict[str, Node]:
    return {name: Node(0, name, name, "Audio/Sink", p) for name, p in priorities.items()}


@pytest.mark.parametrize(
    ("there", "chosen", "used", "appeared", "expected"),
    [
        ({"card": 9, "usb": 1}, None, "usb", set(), "usb"),
        ({"card": 1, "usb": 9}, None, "card", {"usb"}, "usb"),
        ({"card": 9, "usb": 1}, None, "card", {"usb"}, "card"),
        ({"card": 9, "usb": 9}, None, "card", {"usb"}, "card"),
        ({"card": 9, "usb": 1}, "usb", "card", set(), "usb"),
        ({"card": 1, "hdmi": 5}, "usb", "usb", set(), "hdmi"),
        ({"card": 1, "hdmi": 5}, "usb", "card", set(), "card"),
        ({}, "usb", "card", set(), None),
    ],
)
def test_the_card_is_the_one_that_the_user_would_hear(
    there: dict[str, int],
    chosen: str | None,
    used: str,
    appeared: set[str],
    expected: str | None,
) -> None:
    found = card_to_use(cards(**there), chosen, used, appeared)
    assert (found and found.name) == expected


def program(folder: Path, name: str) -> None:
    (folder / name).write_text("#!/bin/sh\nexit 1\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("missing", [*PACKAGES, None])
def test_what_is_missing_is_named_with_its_package(
    missing: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PACKAGES.keys() - {missing}:
        program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LivevoxError) as refusal:
        PipewireAudio().open(None)
    said = str(refusal.value)
    if missing is None:
        assert said.startswith("PipeWire does not run")
        assert "apt install pipewire wireplumber pipewire-pulse" in said
    else:
        assert said.startswith(f"{missing} is missing")
        assert f"apt install {PACKAGES[missing]}" in said


def test_on_macos_it_says_what_to_do_instead() -> None:
    with pytest.raises(LivevoxError, match=r"install BlackHole.*--input BlackHole"):
        MacosAudio().open(None)
