"""Paragraphs of UDHR, from a small package made here."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import text  # noqa: E402 (the path is set above)

PAGE = '<!doctype html><html data-iso6393="{iso}" lang="{tag}"><body><h1>{long}</h1>{body}</body></html>'


class TextTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, body, iso="eng", tag="en"):
        path = self.root / "package" / "declaration" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(iso=iso, tag=tag, long="a heading is no paragraph", body=body), encoding="utf-8")

    def test_files_come_by_name_and_paragraphs_in_order(self):
        self.write("b", f"<p>{'b' * 20}</p>", iso="deu", tag="de")
        self.write("a", f"<p>{'x' * 20}</p><p>{'y' * 20}</p>")
        found = list(text.paragraphs(self.root))
        self.assertEqual([(p.code, p.iso, p.tag, p.text[0]) for p in found],
                         [("a", "eng", "en", "x"), ("a", "eng", "en", "y"), ("b", "deu", "de", "b")])

    def test_text_is_plain_collapsed_and_composed(self):
        self.write("a", "<p> One &amp; <em>the\n same</em>\tthing, cafe\u0301 </p>")
        self.assertEqual([p.text for p in text.paragraphs(self.root)], ["One & the same thing, caf\u00e9"])

    def test_a_paragraph_knows_its_article(self):
        self.write("a", f"<p>{'p' * 20}</p>" + "".join(
            f'<article data-number="{number}"><h2>heading</h2><p>{letter * 20}</p></article>'
            for number, letter in ((1, "x"), (12, "y"))))
        self.assertEqual([(p.article, p.text[0]) for p in text.paragraphs(self.root)], [(0, "p"), (1, "x"), (12, "y")])

    def test_short_paragraphs_are_left_out(self):
        self.write("a", f"<p>{'x' * 19}</p><p>{'y' * 20}</p><p></p>")
        self.assertEqual([p.text for p in text.paragraphs(self.root)], ["y" * 20])

    def test_the_folder_inside_the_package_will_do(self):
        self.write("a", f"<p>{'x' * 20}</p>")
        self.assertEqual(len(list(text.paragraphs(self.root / "package"))), 1)

    def test_another_package_is_refused(self):
        with self.assertRaises(FileNotFoundError):
            list(text.paragraphs(self.root))


if __name__ == "__main__":
    unittest.main()
