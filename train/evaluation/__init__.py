"""What models are worth: metrics, baselines, statistics and reports."""
