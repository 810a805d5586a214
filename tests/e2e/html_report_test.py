#!/usr/bin/env python3
"""Opens an HTML report in headless Chromium and looks at it.

usage: html_report_test.py [REPORT.html] [--min-workloads N] [--keep FOLDER]

Without a report it takes the golden one. Checks that the page fetches nothing and logs no error, has its sections
and charts, is no wider than its window on a phone, a tablet and a desk, and is light or dark as the reader prefers.
--keep leaves the screenshots in FOLDER. Exit code 77 where Chromium is not installed.
"""

import argparse
import html
import html.parser
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "report.html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
         "--enable-logging=stderr")
DARK = "--blink-settings=preferredColorScheme=0"
EXIT_SKIPPED = 77
TIMEOUT_S = 120
SECTIONS = ("results", "context", "licences", "glossary")
FETCHING_ATTRIBUTES = {"src", "srcset", "href", "xlink:href", "data", "poster", "action", "formaction", "background"}


class Browser:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def open(self, page, width, height, *options):
        """What the browser printed, and what it logged."""
        with tempfile.TemporaryDirectory(dir=self.folder) as profile:
            command = [self.program, *QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}",
                       *options, page.as_uri()]
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{self.program} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def dom(self, page, width=1280):
        return self.open(page, width, 900, "--dump-dom")

    def screenshot(self, page, name, width, height, *options):
        png = self.folder / name
        self.open(page, width, height, f"--screenshot={png}", *options)
        return png


class PageReader(html.parser.HTMLParser):
    """Counts what the tests ask about."""

    def __init__(self):
        super().__init__()
        self.ids = set()
        self.workloads = []  # charts in each
        self.fetches = []
        self.scripts = 0
        self.policy = ""

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        self.ids.add(attributes.get("id"))
        self.scripts += tag == "script" or any(name.startswith("on") for name in attributes)
        if tag == "section" and "workload" in classes:
            self.workloads.append(0)
        if tag == "svg" and "chart" in classes:
            self.workloads[-1] += 1
        if attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = attributes.get("content", "")
        for name in FETCHING_ATTRIBUTES & attributes.keys():
            if not attributes[name].startswith(("#", "data:")):
                self.fetches.append(f"<{tag} {name}={attributes[name]}>")


def console_errors(log):
    """Errors, warnings and refusals of the page itself, not the browser's complaints about its surroundings."""
    return [line for line in log.splitlines() if "CONSOLE" in line]


def check_content(browser, page, min_workloads):
    text, log = browser.dom(page)
    yield "the page logs nothing to the console", not console_errors(log), console_errors(log)
    reader = PageReader()
    reader.feed(text)
    yield "its policy forbids to fetch anything", reader.policy.startswith("default-src 'none'"), reader.policy
    yield "nothing in it fetches", not reader.fetches and "url(" not in text, reader.fetches
    yield "it has no script", reader.scripts == 0, reader.scripts
    missing = [name for name in SECTIONS if name not in reader.ids]
    yield "it has its sections", not missing, missing
    charted = [charts for charts in reader.workloads if charts >= 2]
    yield f"at least {min_workloads} workloads have both charts", len(charted) >= min_workloads, reader.workloads


def check_widths(browser, page):
    """In a frame, because a browser has a least window. The copy in it tells its measures, which takes a script;
    so the policy goes."""
    text = page.read_text(encoding="utf-8")
    policy = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
    script = ("<script>parent.document.documentElement.setAttribute('data-measures', "
              "innerWidth + ' ' + document.documentElement.scrollWidth)</script>")
    inner = html.escape(policy.sub("", text) + script)
    for width in (390, 768, 1280):
        frame = browser.folder / "frame.html"
        frame.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'><iframe srcdoc=\"{inner}\" "
                         f"style='border:0;width:{width}px;height:900px'></iframe>", encoding="utf-8")
        dom, _ = browser.dom(frame, 1400)
        found = re.search(r'data-measures="(\d+) (\d+)"', dom)
        measures = [int(number) for number in found.groups()] if found else None
        yield f"at {width} px it is no wider than the window", measures == [width, width], measures


def first_pixel(png):
    """Red, green, blue of the corner. In the first pixel of a PNG every filter is the identity."""
    data = png.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise RuntimeError(f"{png} is not a PNG file")
    packed, at = b"", 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    return tuple(zlib.decompress(packed)[1:4])


def check_looks(browser, page):
    for name, width, height in (("desk", 1280, 3000), ("phone", 390, 5000)):
        light = browser.screenshot(page, f"{name}-light.png", width, height)
        dark = browser.screenshot(page, f"{name}-dark.png", width, height, DARK)
        yield f"{name}: there is something to see", min(light.stat().st_size, dark.stat().st_size) > 20_000, None
        yield f"{name}: light is light", min(first_pixel(light)) > 200, first_pixel(light)
        yield f"{name}: dark is dark", max(first_pixel(dark)) < 60, first_pixel(dark)


def check_the_check(browser):
    """A page that does all that is forbidden must not pass, or the checks above say nothing."""
    page = browser.folder / "bad.html"
    page.write_text("<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">"
                    "<body><img src=\"http://127.0.0.1:9/x.png\"><p style=\"width:2000px\">wide</p></body>",
                    encoding="utf-8")
    passed = {what: good for what, good, _ in (*check_content(browser, page, 1), *check_widths(browser, page))}
    for what in ("the page logs nothing to the console", "nothing in it fetches", "it has its sections",
                 "at 390 px it is no wider than the window"):
        yield f"a bad page fails: {what}", not passed[what], None


def run_checks(browser, arguments):
    failures = 0
    page = arguments.report.resolve()
    for checks in (check_content(browser, page, arguments.min_workloads), check_widths(browser, page),
                   check_looks(browser, page), check_the_check(browser)):
        for what, good, found in checks:
            print(f"{'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": found {found}"))
            failures += not good
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", nargs="?", type=pathlib.Path, default=GOLDEN)
    parser.add_argument("--min-workloads", type=int, default=5)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the screenshots")
    arguments = parser.parse_args()
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    if program is None:
        print("skipped: Chromium is not installed")
        return EXIT_SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(program, pathlib.Path(folder))
        failures = run_checks(browser, arguments)
        if arguments.keep:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            for png in browser.folder.glob("*.png"):
                shutil.copy(png, arguments.keep)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
