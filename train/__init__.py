"""Reproduces Stoller, Ewert and Dixon (2018) and trains the models of livevox."""
