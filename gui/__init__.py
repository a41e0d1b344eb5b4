"""Desktop window of livevox."""
