"""The sound that the computer plays: taken, and given back."""
