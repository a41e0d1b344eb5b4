"""The engine, a process that separates live, and the client that other processes hold."""
