"""vision/super-resolution: ESRGAN-slim for four times the side, and photographs made as many times smaller."""

import pathlib

import numpy
import PIL.Image

import common
import keras_onnx
import onnx_half
import people
import scenes
import tfjs

MODEL = ("@upscalerjs/esrgan-slim", "models/x4/model.json")
SCALE = 4
SIDE = 256  # of the original parts
# Photographs, and the upper left corners of the parts that are used: faces, fur, leaves, metal, letters.
PARTS = {
    people.ASTRONAUT: ((128, 0), (64, 256), (256, 256)),
    people.HOPPER: ((128, 60), (128, 330)),
    ("python3-skimage", scenes.SKIMAGE + "chelsea.png"): ((90, 20),),
    ("python3-skimage", scenes.SKIMAGE + "coffee.png"): ((20, 60), (290, 100)),
    ("python3-skimage", scenes.SKIMAGE + "rocket.jpg"): ((200, 20), (220, 170)),
    (people.ALBUM[0], people.ALBUM[1] + "donna.jpg"): ((250, 130),),
    (people.ALBUM[0], people.ALBUM[1] + "jesper_2.jpg"): ((270, 130),),
    (people.ALBUM[0], people.ALBUM[1] + "snow.jpg"): ((250, 100),),
    (people.ALBUM[0], people.ALBUM[1] + "spiff.jpg"): ((220, 60),),
    (people.ALBUM[0], people.ALBUM[1] + "spiff_2.jpg"): ((300, 280),),
}


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network = tfjs.read(common.source_file(sources, *MODEL))
    model = keras_onnx.convert(network, "esrgan_slim", (SIDE // SCALE, SIDE // SCALE), SCALE)
    onnx_half.save_both(model, out)
    samples = []
    for (package, file), corners in PARTS.items():
        photo = PIL.Image.open(common.source_file(sources, package, file)).convert("RGB")
        for number, corner in enumerate(corners):
            name = f"{pathlib.PurePosixPath(file).stem}-{number}"
            samples.append(_sample(_part(photo, corner), name, out))
    common.write_samples(samples, out / "samples.json")


def _part(photo: PIL.Image.Image, corner: tuple[int, int]) -> PIL.Image.Image:
    left, top = corner
    if left + SIDE > photo.width or top + SIDE > photo.height:
        raise ValueError(f"a part of {SIDE} pixels at {corner} is not within {photo.width} x {photo.height}")
    return photo.crop((left, top, left + SIDE, top + SIDE))


def _sample(original: PIL.Image.Image, name: str, out: pathlib.Path) -> dict[str, str]:
    """Bicubic with antialiasing is how pictures are made small where super-resolution is judged."""
    small = original.resize((SIDE // SCALE, SIDE // SCALE), PIL.Image.Resampling.BICUBIC)
    image, truth = f"images/{name}.png", f"originals/{name}.png"
    return {"image": image, "sha256": common.save_png(numpy.asarray(small), out / image),
            "original": truth, "original_sha256": common.save_png(numpy.asarray(original), out / truth)}
