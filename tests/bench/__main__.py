"""`python -m tests.bench NAME ...` runs one benchmark; its last line is one JSON object."""

import importlib
import sys
from pathlib import Path


def names() -> list[str]:
    """Benchmarks are the modules here that have a `main`."""
    files = Path(__file__).parent.glob("[a-z]*.py")
    return sorted(f.stem for f in files if "\ndef main(" in f.read_text(encoding="utf-8"))


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in names():
        print("usage: python -m tests.bench NAME ...  with NAME one of:", ", ".join(names()))
        return 2
    return importlib.import_module(f"tests.bench.{argv[0]}").main(argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
