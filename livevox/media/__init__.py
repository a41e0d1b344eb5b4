"""Music files: reading, playing and recording them."""
