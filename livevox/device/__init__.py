"""Sound devices: listing, streaming, clock drift, and measuring the round trip."""
