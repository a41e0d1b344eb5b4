"""Evaluation: metrics, baselines, statistics and reports."""
