"""State and actions of the window, without widgets."""
