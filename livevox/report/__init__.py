"""Pictures and web pages of a separation."""
