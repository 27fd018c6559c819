"""The benchmarks: what Trueshelf does, each beside what the same machine does without it."""
