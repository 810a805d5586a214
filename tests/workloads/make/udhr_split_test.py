"""Which texts train and which judge, from a small package made here."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import udhr_split  # noqa: E402 (the path is set above)


def page(tag, words, articles=range(1, 31)):
    body = f"<header><p>{words} preamble preamble</p></header>" + "".join(
        f'<article data-number="{number}"><p>{words} article{number}. {"long " * 20}</p></article>' for number in articles)
    return f'<html data-iso6393="xxx" lang="{tag}"><body>{body}</body></html>'


class LanguagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "declaration").mkdir()

    def languages(self, **pages):
        for name, content in pages.items():
            (self.root / "declaration" / f"{name}.html").write_text(content, encoding="utf-8")
        return udhr_split.languages(self.root)

    def test_an_article_trains_or_judges(self):
        language, = self.languages(a=page("xx", "word"))
        parts = {name: getattr(language, name).decode() for name in ("training", "watched", "held_out")}
        for number in range(1, 31):
            where = [name for name, content in parts.items() if f"article{number}." in content]
            wanted = ("held_out" if number in udhr_split.HELD_OUT else
                      "watched" if number in udhr_split.WATCHED else "training")
            self.assertEqual(where, [wanted], number)
        self.assertIn("preamble", parts["training"])

    def test_one_text_a_language_the_one_with_the_plainest_tag(self):
        found = self.languages(a=page("yy-1996", "later"), b=page("yy", "plain"), c=page("xx-Latn", "only"))
        self.assertEqual([language.code for language in found], ["xx", "yy"])
        self.assertIn(b"plain", found[1].training)

    def test_left_out_are_parts_codes_of_three_letters_and_twins(self):
        self.assertEqual(self.languages(a=page("xx", "part", range(1, 27)), b=page("xxx", "long"), c=page("bs", "twin"),
                                        d=page("dz", "twin")), [])


class WindowsTest(unittest.TestCase):
    TEXT = "a\u00e9\u4e16".encode() * 40  # characters of 1, 2 and 3 bytes

    def test_hold_whole_characters_and_follow_each_other(self):
        windows = udhr_split.windows(self.TEXT, 16)
        self.assertTrue(self.TEXT.startswith(b"".join(windows)))
        for window in windows:
            window.decode()
            self.assertTrue(13 <= len(window) <= 16)

    def test_an_end_cuts_no_character(self):
        self.assertEqual([udhr_split.whole_end(self.TEXT, end) for end in range(8)], [0, 1, 1, 3, 3, 3, 6, 7])
        self.assertEqual(udhr_split.whole_end(b"abc", 9), 3)


if __name__ == "__main__":
    unittest.main()
