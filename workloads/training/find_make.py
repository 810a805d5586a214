"""Imported for what it does: the modules of ../make can be imported after it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "make"))
