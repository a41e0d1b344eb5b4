"""`livevox live` keeps the last device options until others are given."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tests.jack import JackServer, needs_jack
from tests.live import LiveProcess

pytestmark = needs_jack


def test_channels_are_kept_with_their_device(tmp_path: Path) -> None:
    def remembered(*arguments: str) -> dict[str, Any]:
        with LiveProcess(server, tmp_path, *arguments, "--duration", "0.2") as live:
            live.end(None)
        return tomllib.loads((tmp_path / "livevox" / "settings.toml").read_text())

    with JackServer() as server:
        chosen = remembered("--output", "system", "--output-channels", "2")
        assert chosen["output_channels"] == [2]
        assert remembered() == chosen
        assert remembered("--input-channels", "1") == chosen | {"input_channels": [1]}
        # A newly given device, even the same one, resets the options that depend on it.
        assert "output_channels" not in remembered("--output", "system")
