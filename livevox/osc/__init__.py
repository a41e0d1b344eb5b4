"""Open Sound Control (OSC 1.0): remote control over the network, with the targets of MIDI."""
