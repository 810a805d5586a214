"""The parts of scripts/fetch: cache, archives, sources (npm, Debian), ONNX Runtime, workloads."""
