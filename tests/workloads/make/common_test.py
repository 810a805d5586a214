"""Package folders, PNG files and sample lists."""

import hashlib
import json
import pathlib
import sys
import tempfile
import unittest

import numpy as np
import PIL.Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "workloads" / "make"))
import common  # noqa: E402 (the path is set above)


class CommonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def test_finds_files_with_and_without_the_folder_of_npm(self):
        for package, path in (("a", "a/x/f"), ("b", "b/package/x/f")):
            (self.root / path).parent.mkdir(parents=True)
            (self.root / path).touch()
            self.assertEqual(common.source_file({package: self.root / package}, package, "x/f"), self.root / path)

    def test_names_what_is_missing(self):
        with self.assertRaisesRegex(KeyError, "nothing"):
            common.source_file({}, "nothing", "f")
        with self.assertRaisesRegex(FileNotFoundError, "holds no f"):
            common.source_file({"a": self.root}, "a", "f")

    def test_an_image_is_read_back_as_it_was_and_its_hash_is_the_files(self):
        for shape in ((3, 5), (3, 5, 3)):
            pixels = common.generator(1).randint(0, 256, shape).astype(np.uint8)
            file = self.root / "deep" / f"{len(shape)}.png"
            digest = common.save_png(pixels, file)
            np.testing.assert_array_equal(np.asarray(PIL.Image.open(file)), pixels)
            self.assertEqual(digest, hashlib.sha256(file.read_bytes()).hexdigest())

    def test_a_sample_list_is_json_in_a_stable_order(self):
        samples = [{"text": "\u00e9 \"x\"", "image": "1.png"}, {"image": "2.png", "text": ""}]
        common.write_samples(samples, self.root / "s.json")
        raw = (self.root / "s.json").read_text(encoding="utf-8")
        self.assertEqual(json.loads(raw), {"schema": "edgebench.samples/1", "samples": samples})
        self.assertEqual(raw.splitlines()[1], '{"image": "1.png", "text": "\u00e9 \\"x\\""},')


if __name__ == "__main__":
    unittest.main()
