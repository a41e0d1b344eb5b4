"""Sound devices: finding them, streaming, clock drift, and the measured round trip."""
