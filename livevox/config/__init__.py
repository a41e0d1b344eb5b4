"""What livevox keeps on disk: presets and settings."""
