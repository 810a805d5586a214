#!/usr/bin/env python3
"""The leaderboard's pages in headless Chromium: filters, sorting, keyboard, phone, dark, without JavaScript.

--keep FOLDER leaves the screenshots there. Exit code 77 where Chromium, Node.js or Playwright is missing.
"""

import pathlib
import sys
import unittest

import board
import browser

KEEP = pathlib.Path(sys.argv[sys.argv.index("--keep") + 1]).absolute() if "--keep" in sys.argv else None


class Pages(board.BoardTest):
    def test_as_visitors_use_it(self):
        self.fill(*board.full_board())
        self.serve("--reads", "0")
        shots = KEEP or self.here / "shots"
        shots.mkdir(parents=True, exist_ok=True)
        run = self.get("/api/v1/results?limit=1").json()["results"][0]["run_id"]
        said = browser.run(self, "board_pages.js", BOARD=f"http://127.0.0.1:{self.port}", SHOTS=shots,
                           RUN=f"/runs/{run}")
        self.assertIn("ok: screenshots", said)


if __name__ == "__main__":
    if browser.MISSING:
        print(browser.MISSING)
        sys.exit(77)
    if KEEP:
        del sys.argv[sys.argv.index("--keep"):][:2]
        del sys.argv[1:]
    unittest.main()
