"""MIDI: what a control moves, and the ports that carry the messages."""
