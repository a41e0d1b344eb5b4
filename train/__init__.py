"""Rebuilds Stoller, Ewert and Dixon (2018) and makes the models that livevox plays."""
