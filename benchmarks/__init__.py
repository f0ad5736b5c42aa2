"""One command per claim: `python -m benchmarks` from the root of the repository."""
