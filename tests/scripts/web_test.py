"""uPlot and Playwright come from pinned tarballs: here from small ones."""

import os
from unittest import mock

import fakes
from fetching import web
from fetching.cache import Cache, FetchError
from fetching.sources import Fetcher, NpmSource

CHART, LICENCE = b"var chart;", b"MIT"


class WebTest(fakes.FakeWorld):
    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, self.env, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        for module in ("web", "sources"):
            mock.patch(f"fetching.{module}.say").start()
        self.addCleanup(mock.patch.stopall)
        self.whole = fakes.tarball({"package/dist/chart.js": CHART, "package/LICENSE": LICENCE,
                                    "package/big.js": b"0" * 1000})
        (self.registry / "chart-1.0.0.tgz").write_bytes(self.whole)

    def ensure(self, files=frozenset(), sha256=""):
        source = NpmSource("chart@1.0.0", sha256=sha256 or fakes.sha256(self.whole))
        cache = Cache(self.cache)
        with cache.lock():
            web.ensure(cache, Fetcher(cache, offline=False), web.Package("chart", source, files))
        return self.cache / "chart"

    def names(self, folder):
        return sorted(path.name for path in folder.iterdir())

    def test_wanted_files_are_put_side_by_side(self):
        folder = self.ensure(frozenset({"package/dist/chart.js", "package/LICENSE"}))
        self.assertEqual(self.names(folder), ["LICENSE", "chart.js", web.STAMP])
        self.assertEqual((folder / "chart.js").read_bytes(), CHART)

    def test_without_a_list_all_is_kept(self):
        self.assertEqual(self.names(self.ensure()), ["LICENSE", "big.js", "dist", web.STAMP])

    def test_what_is_there_is_left_alone(self):
        self.ensure()
        (self.registry / "chart-1.0.0.tgz").unlink()
        (self.cache / "downloads/chart-1.0.0.tgz").unlink()
        self.ensure()

    def test_another_version_replaces_it(self):
        folder = self.ensure()
        (folder / web.STAMP).write_text("0" * 64, encoding="ascii")
        (folder / "stale").touch()
        self.assertNotIn("stale", self.names(self.ensure()))

    def test_other_bytes_are_refused(self):
        with self.assertRaisesRegex(FetchError, "is pinned"):
            self.ensure(sha256="0" * 64)
        self.assertFalse((self.cache / "chart").exists())

    def test_a_tarball_without_the_file_is_refused(self):
        with self.assertRaisesRegex(FetchError, "package/none.js"):
            self.ensure(frozenset({"package/none.js"}))
        self.assertFalse((self.cache / "chart").exists())

    def test_the_real_ones_are_pinned(self):
        for package in (web.UPLOT, web.PLAYWRIGHT):
            self.assertTrue(package.source.sha512, package.folder)


if __name__ == "__main__":
    fakes.unittest.main()
