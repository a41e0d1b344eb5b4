"""MIDI: bindings of controls to parameters, and the ports."""
