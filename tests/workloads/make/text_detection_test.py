"""Pages of text: the boxes in the list are those of the ink on the page."""

import pathlib
import sys
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import common  # noqa: E402 (the path is set above)
import lettering  # noqa: E402
import text_detection  # noqa: E402

FONT = pathlib.Path("/") / lettering.FONTS[1][1]
WORDS = [["all", "people", "are", "born", "free"], ["nobody", "shall", "be", "held"]]


@unittest.skipUnless(FONT.is_file(), f"{FONT} is not installed")
class PageTest(unittest.TestCase):
    def page(self, seed):
        return text_detection._Page(WORDS, common.generator(seed))

    def assert_boxes_hold_the_ink(self, page, background):
        changed = np.abs(page.pixels - background).max(axis=2) > 60
        ink = changed.sum()
        self.assertGreater(len(page.boxes), 2)
        for x0, y0, x1, y1 in page.boxes:
            self.assertTrue(0 <= x0 < x1 <= text_detection.SIDE and 0 <= y0 < y1 <= text_detection.SIDE)
            for edge in (changed[y0, x0:x1], changed[y1 - 1, x0:x1], changed[y0:y1, x0], changed[y0:y1, x1 - 1]):
                self.assertTrue(edge.any(), (x0, y0, x1, y1))
            changed[y0:y1, x0:x1] = False
        self.assertLess(changed.sum(), 0.02 * ink)  # the faint rims of letters

    def test_sheets(self):
        for seed in range(2):
            page = self.page(seed)
            page.sheet(FONT)
            paper = np.median(page.pixels, axis=0, keepdims=True)
            self.assert_boxes_hold_the_ink(page, paper)
            tops = [box[1] for box in page.boxes]
            self.assertEqual(tops, sorted(tops))

    def test_lines_on_pictures_do_not_touch(self):
        for seed in (0, 3):
            page, background = self.page(seed), np.full((text_detection.SIDE,) * 2 + (3,), 40.0 + 50 * seed)
            page.picture(background, [FONT])
            self.assert_boxes_hold_the_ink(page, background)
            for upper, lower in zip(page.boxes, page.boxes[1:]):
                self.assertLess(upper[3], lower[1])

    def test_the_same_seed_gives_the_same_page(self):
        first, second = self.page(7), self.page(7)
        for page in (first, second):
            page.sheet(FONT)
        self.assertEqual(first.boxes, second.boxes)
        np.testing.assert_array_equal(first.pixels, second.pixels)

    def test_words_fit_and_a_word_that_is_too_long_stands_alone(self):
        letters = lettering.font(FONT, 20)
        for seed in range(20):
            line = lettering.words_that_fit(WORDS, letters, 120, common.generator(seed))
            self.assertTrue(letters.getlength(line) <= 120 or " " not in line)
        self.assertNotIn(" ", lettering.words_that_fit(WORDS, letters, 1, common.generator(1)))

    def test_backgrounds_are_known(self):
        self.assertEqual(len(text_detection.BACKGROUNDS), len(text_detection.PHOTOS))


if __name__ == "__main__":
    unittest.main()
