"""`python -m gui`: the window with the devices and the preset of the last run."""

from __future__ import annotations

import sys


def main() -> int:
    """Run; return the exit code."""
    from gui.app import run
    from livevox.engine import EngineConfig
    from livevox.settings import load_settings

    settings, _ = load_settings()
    return run(
        EngineConfig(
            input=settings.input,
            output=settings.output,
            sample_rate=settings.sample_rate,
            block_size=settings.block_size,
            midi_inputs=settings.midi_inputs,
            midi_outputs=settings.midi_outputs,
            midi_api=settings.midi_api,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
