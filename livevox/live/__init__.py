"""The engine, a process that separates live, and its client for other processes."""
