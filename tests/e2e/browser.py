"""Headless Chromium for the tests: where it is, and scripts of Node.js that use it."""

import pathlib
import shutil
import subprocess

import support

CHROMIUM = shutil.which("chromium")
NODE = shutil.which("node")
PLAYWRIGHT = support.cache_folder() / "playwright-core"
MISSING = None if CHROMIUM and NODE and PLAYWRIGHT.is_dir() else (
    "Chromium, Node.js or Playwright is missing: run scripts/setup test and scripts/fetch playwright")
PATIENCE_S = 600


def run(test, script, **environment):
    """What the script of this folder prints; it must end well."""
    env = test.environment(PLAYWRIGHT=PLAYWRIGHT, CHROMIUM=CHROMIUM, **environment)
    done = subprocess.run([NODE, pathlib.Path(__file__).with_name(script)], env=env, check=False, capture_output=True,
                          text=True, timeout=PATIENCE_S)
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
    return done.stdout
