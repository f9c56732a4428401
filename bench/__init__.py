"""Benchmarks: `make bench-NAME` measures, prints a table, and compares with what is wanted."""

import sys
from pathlib import Path

# the real Asterisk, the network namespace and the reader of captures are those of the tests
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
