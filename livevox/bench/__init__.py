"""What livevox costs on this machine, beside the arithmetic of its networks and beside others."""
