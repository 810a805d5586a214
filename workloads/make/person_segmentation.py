"""vision/person-segmentation: MediaPipe's selfie segmentation, converted, and cut-out people before new backgrounds."""

import pathlib

import numpy

import common
import people
import scenes
import tflite
import tflite_onnx

MODEL = ("@mediapipe/selfie_segmentation", "selfie_segmentation.tflite")
SIZES = ((256, 256), (320, 320), (360, 480), (480, 360), (400, 400), (300, 400))
SCENES_A_PERSON = 10
SEED = 2562


def make(sources: common.Sources, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network = tflite.read(common.source_file(sources, *MODEL))
    model = tflite_onnx.convert(network, "selfie_segmentation")
    (out / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    random = common.generator(SEED)
    samples = []
    for portrait in people.PORTRAITS:
        if not portrait.outline:
            continue
        cutting = people.cut(portrait, sources)
        for number in range(SCENES_A_PERSON):
            image, mask = _scene(portrait, cutting, len(samples), sources, random)
            names = [f"{folder}/{portrait.name}-{number:02d}.png" for folder in ("images", "masks")]
            samples.append({"image": names[0], "sha256": common.save_png(image, out / names[0]),
                            "mask": names[1], "mask_sha256": common.save_png(mask, out / names[1])})
    common.write_samples(samples, out / "samples.json")


def _scene(portrait: people.Portrait, cutting: people.Cutting, index: int, sources: common.Sources,
           random: numpy.random.RandomState) -> tuple[numpy.ndarray, numpy.ndarray]:
    """A person who stands on the lower edge, as in a selfie: [H, W, 3] u8, and [H, W] u8 with 255 where the person is."""
    width, height = SIZES[random.randint(len(SIZES))]
    # 7 and the number of kinds have no common factor: neighbours in the list get unlike backgrounds.
    scene = numpy.array(scenes.background(index * 7 % scenes.KINDS, (width, height), sources, random))
    if random.randint(2):
        cutting = scenes.mirrored(cutting)
    share = random.uniform(1.0, 1.15) if portrait.cut_at_top else random.uniform(0.75, 0.95)
    cutting = scenes.resized(cutting, (share * height + 1) / cutting.alpha.shape[0])
    top = 0 if portrait.cut_at_top else height - cutting.alpha.shape[0] + 1
    left = (width - cutting.alpha.shape[1]) // 2 + int(random.uniform(-0.06, 0.06) * width)
    alpha = scenes.paste(scene, cutting, left, top)
    return scenes.exposed(scene, random), numpy.where(alpha >= 0.5, 255, 0).astype(numpy.uint8)
