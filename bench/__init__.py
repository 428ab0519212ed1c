"""Benchmarks against the peers: interleaved rounds, medians, ratios. Run `python -m bench --help`."""
