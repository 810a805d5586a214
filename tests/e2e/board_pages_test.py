#!/usr/bin/env python3
"""The leaderboard's pages in headless Chromium: filters, sorting, keyboard, phone, dark, without JavaScript.

--keep FOLDER leaves the screenshots there. Exit code 77 where Chromium, Node.js or Playwright is missing.
"""

import pathlib
import shutil
import subprocess
import sys
import unittest

import board
import support

CHROMIUM = shutil.which("chromium")
NODE = shutil.which("node")
PLAYWRIGHT = support.cache_folder() / "playwright-core"
KEEP = pathlib.Path(sys.argv[sys.argv.index("--keep") + 1]).absolute() if "--keep" in sys.argv else None


class Pages(board.BoardTest):
    def test_as_visitors_use_it(self):
        self.fill(*board.full_board())
        self.serve("--reads", "0")
        shots = KEEP or self.here / "shots"
        shots.mkdir(parents=True, exist_ok=True)
        run = self.get("/api/v1/results?limit=1").json()["results"][0]["run_id"]
        env = self.environment(BOARD=f"http://127.0.0.1:{self.port}", PLAYWRIGHT=PLAYWRIGHT, CHROMIUM=CHROMIUM,
                               SHOTS=shots, RUN=f"/runs/{run}")
        done = subprocess.run([NODE, pathlib.Path(__file__).with_name("board_pages.js")], env=env, check=False,
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("ok: screenshots", done.stdout)


if __name__ == "__main__":
    if not (CHROMIUM and NODE and PLAYWRIGHT.is_dir()):
        print("Chromium, Node.js or Playwright is missing: run scripts/setup test and scripts/fetch playwright")
        sys.exit(77)
    if KEEP:
        del sys.argv[sys.argv.index("--keep"):][:2]
        del sys.argv[1:]
    unittest.main()
