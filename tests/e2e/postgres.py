"""A PostgreSQL of the tests' own, and boards that keep their results in it."""

import contextlib
import itertools
import pathlib
import shutil
import subprocess
import tempfile

import board
import support

SCRIPT = support.SOURCE / "tests" / "support" / "postgres"
PROGRAMS = [shutil.which(name) for name in ("createdb", "pg_dump")]
START_S = 300


def script(verb, folder):
    subprocess.run([SCRIPT, verb, folder], stdin=subprocess.DEVNULL, check=True, timeout=START_S)


@contextlib.contextmanager
def server():
    """The URL of a server that runs until the end of the block, without a database's name; None where PostgreSQL is
    not installed."""
    with tempfile.TemporaryDirectory() as outer:
        pathlib.Path(outer).chmod(0o711)  # the server runs as another user where we are root
        folder = pathlib.Path(outer) / "postgres"
        try:
            script("start", folder)
            url = folder / "url"
            yield url.read_text(encoding="utf-8").strip().rpartition("/")[0] if url.exists() else None
        finally:
            script("stop", folder)


class OnPostgres(board.BoardTest):
    """Each test has an empty database of PostgreSQL; `url` is the server's, which whoever runs the tests sets."""

    url = None
    numbers = itertools.count()

    def setUp(self):
        super().setUp()
        name = f"board{next(self.numbers)}"
        done = board.run_quietly(PROGRAMS[0], "--maintenance-db", f"{self.url}/postgres", name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.db = f"{self.url}/{name}"

    def stored(self):
        done = board.run_quietly(PROGRAMS[1], self.db)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout
