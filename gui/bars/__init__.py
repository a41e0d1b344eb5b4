"""The bars beside the pages: mixer, player, presets, recording, notices and status."""
