"""What the window shows and what it can do, without a widget."""
