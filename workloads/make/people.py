"""Photographs of people in Debian packages, with the outlines and face boxes that we drew on them.

The photographs are NASA's of Eileen Collins and the US Navy's of Grace Hopper (both public domain), and those of the
demonstration album that KPhotoAlbum ships (GPL-2+, like the program). Coordinates are pixels of the photograph as stored,
or as turned upright where `turned` is set. A face box is a square from the brows to the chin that leaves out ears and
hair: what BlazeFace calls a face.
"""

import dataclasses

import numpy
import PIL.Image
import PIL.ImageDraw

import common

SUPERSAMPLING = 4
ALBUM = ("kphotoalbum", "usr/share/kphotoalbum/demo/")
ASTRONAUT = ("python3-skimage", "usr/lib/python3/dist-packages/skimage/data/astronaut.png")
HOPPER = ("python-matplotlib-data", "usr/share/matplotlib/mpl-data/sample_data/grace_hopper.jpg")

Box = tuple[int, int, int, int]


@dataclasses.dataclass(frozen=True)
class Portrait:
    name: str
    source: tuple[str, str]  # package, file
    crop: Box  # the part that is used; no face but those in `faces` is in it
    faces: tuple[Box, ...]
    outline: tuple[int, ...] = ()  # x, y, x, y, ... of the people in it; empty: not outlined
    cut_at_top: bool = False  # the frame cuts through hair: must stay at the upper edge of a picture
    turned: bool = False  # stored upside down


def _album(file: str) -> tuple[str, str]:
    return ALBUM[0], ALBUM[1] + file


PORTRAITS = (
    Portrait("astronaut", ASTRONAUT, (0, 0, 512, 345), ((178, 80, 272, 174),), (
        173, 131, 165, 117, 157, 101, 153, 82, 154, 60, 161, 47, 176, 41, 190, 36, 196, 26, 213, 18, 232, 15, 253, 19,
        273, 28, 290, 43, 300, 62, 302, 85, 299, 103, 290, 120, 277, 128, 274, 136, 266, 137, 263, 147, 258, 166,
        255, 174, 268, 182, 285, 200, 298, 220, 304, 236, 316, 243, 330, 254, 342, 271, 350, 286, 356, 305, 360, 325,
        363, 345, 24, 345, 26, 332, 33, 312, 41, 287, 51, 264, 68, 243, 88, 230, 100, 219, 112, 206, 113, 188, 119, 184,
        124, 179, 130, 168, 144, 156, 160, 150, 184, 148, 183, 132)),
    Portrait("hopper", HOPPER, (0, 0, 512, 600), ((175, 148, 350, 323),), (
        174, 84, 188, 63, 208, 46, 219, 43, 220, 34, 239, 25, 256, 22, 279, 24, 300, 34, 305, 40, 325, 48, 343, 63,
        351, 76, 354, 85, 363, 86, 370, 99, 372, 127, 372, 152, 369, 178, 375, 186, 376, 198, 371, 223, 367, 249,
        362, 274, 351, 299, 338, 306, 332, 311, 340, 318, 350, 325, 381, 345, 421, 363, 452, 373, 477, 383, 492, 390,
        500, 406, 509, 431, 512, 448, 512, 600, 11, 600, 14, 564, 19, 508, 24, 467, 28, 432, 35, 406, 46, 391, 61, 380,
        91, 368, 122, 358, 150, 349, 175, 338, 193, 328, 202, 317, 200, 305, 195, 296, 178, 284, 164, 269, 160, 254,
        162, 236, 156, 216, 153, 198, 156, 186, 151, 178, 150, 152, 152, 122, 157, 104)),
    Portrait("suit", _album("jesper_2.jpg"), (0, 0, 800, 532), ((263, 155, 503, 395),), (
        266, 0, 258, 20, 247, 50, 236, 85, 233, 112, 237, 148, 250, 182, 252, 204, 255, 240, 257, 279, 267, 309, 279, 350,
        295, 380, 282, 404, 261, 410, 226, 423, 178, 436, 142, 448, 101, 468, 59, 488, 24, 507, 0, 519, 0, 532, 800, 532,
        800, 506, 766, 484, 713, 466, 665, 448, 629, 431, 585, 417, 552, 395, 531, 365, 520, 347, 510, 339, 516, 322,
        522, 295, 534, 291, 543, 273, 552, 243, 560, 208, 568, 198, 569, 182, 566, 148, 562, 112, 557, 82, 551, 52,
        543, 24, 534, 0), True),
    Portrait("beach", _album("anne_helene.jpg"), (0, 0, 400, 440), ((143, 150, 227, 234),), (
        192, 103, 205, 108, 219, 121, 226, 136, 231, 155, 237, 176, 237, 200, 234, 220, 231, 240, 231, 252, 236, 259,
        245, 269, 250, 286, 252, 320, 251, 345, 248, 370, 245, 400, 239, 425, 235, 440, 5, 440, 7, 425, 10, 400, 19, 370,
        22, 345, 25, 320, 28, 286, 37, 273, 50, 251, 70, 233, 91, 226, 97, 222, 102, 208, 114, 193, 122, 172, 127, 150,
        137, 134, 150, 119, 165, 107, 180, 103)),
    Portrait("new-wave", _album("new_wave_2.jpg"), (230, 0, 560, 470), ((290, 203, 512, 425),), (
        352, 0, 340, 22, 322, 55, 312, 85, 307, 116, 304, 143, 294, 167, 284, 206, 280, 237, 280, 266, 270, 279, 269, 304,
        277, 340, 290, 359, 297, 371, 295, 400, 296, 450, 280, 458, 266, 470, 504, 470, 492, 450, 489, 450, 489, 420,
        494, 396, 504, 378, 512, 360, 529, 341, 541, 304, 540, 280, 529, 269, 522, 272, 523, 243, 521, 206, 519, 176,
        510, 158, 502, 143, 500, 115, 507, 80, 502, 48, 490, 30, 474, 12, 462, 0), True),
    Portrait("canyon-pair", _album("grand_canyon_1.jpg"), (9, 5, 490, 500), ((131, 127, 194, 190), (332, 200, 398, 266)), (
        20, 300, 27, 270, 37, 240, 47, 222, 58, 207, 68, 200, 100, 188, 116, 176, 117, 163, 127, 155, 125, 130, 124, 115,
        130, 102, 142, 92, 155, 86, 165, 84, 180, 87, 190, 94, 197, 106, 200, 122, 196, 134, 193, 150, 188, 165,
        184, 176, 188, 192, 208, 200, 225, 213, 240, 230, 251, 247, 264, 269, 280, 260, 300, 256, 311, 255, 313, 243,
        318, 237, 324, 245, 329, 235, 330, 205, 331, 190, 336, 172, 345, 160, 358, 153, 378, 154, 393, 161, 402, 174,
        404, 195, 403, 212, 400, 222, 400, 238, 410, 244, 425, 250, 433, 260, 433, 275, 428, 286, 440, 310, 455, 345,
        464, 372, 467, 390, 464, 415, 457, 435, 445, 446, 433, 454, 420, 455, 416, 468, 412, 485, 408, 500,
        70, 500, 72, 484, 63, 486, 52, 491, 30, 474, 19, 460, 14, 455, 14, 400, 15, 350), turned=True),
    Portrait("canyon-woman", _album("grand_canyon_1.jpg"), (9, 5, 490, 500), ((332, 200, 398, 266),), (
        250, 277, 264, 269, 280, 260, 300, 256, 311, 255, 313, 243, 318, 237, 324, 245, 329, 235, 330, 205, 331, 190,
        336, 172, 345, 160, 358, 153, 378, 154, 393, 161, 402, 174, 404, 195, 403, 212, 400, 222, 400, 238, 410, 244,
        425, 250, 433, 260, 433, 275, 428, 286, 440, 310, 455, 345, 464, 372, 467, 390, 464, 415, 457, 435, 445, 446,
        433, 454, 420, 455, 416, 468, 412, 485, 408, 500, 187, 500, 195, 465, 203, 430, 215, 390, 228, 350, 242, 312),
        turned=True),
    Portrait("tattoo-left", _album("qt-logo.jpg"), (40, 0, 330, 240), ((167, 100, 285, 218),), (
        155, 0, 140, 12, 131, 40, 128, 60, 124, 80, 122, 98, 116, 108, 118, 125, 122, 145, 128, 170, 122, 178, 105, 190,
        85, 206, 70, 220, 58, 240, 213, 240, 222, 242, 235, 240, 243, 230, 250, 212, 258, 196, 267, 178, 272, 160,
        277, 140, 279, 115, 282, 102, 293, 92, 296, 75, 295, 55, 288, 35, 275, 15, 262, 0), True),
    Portrait("tattoo-three", _album("qt-logo.jpg"), (60, 0, 790, 300),
             ((167, 100, 285, 218), (345, 105, 478, 238), (568, 64, 688, 184)), cut_at_top=True),
    Portrait("tattoo-right", _album("qt-logo.jpg"), (530, 0, 790, 250), ((568, 64, 688, 184),), cut_at_top=True),
    Portrait("bar", _album("bar55.jpg"), (215, 70, 520, 400), ((268, 238, 378, 348), (355, 177, 470, 292))),
    Portrait("bar-toast", _album("bar55_2.jpg"), (215, 25, 540, 275), ((270, 150, 380, 260), (380, 120, 492, 232))),
    Portrait("canyon-hat", _album("grand_canyon_2.jpg"), (300, 170, 480, 370), ((350, 256, 416, 322),)),
)


@dataclasses.dataclass
class Cutting:
    """A portrait's pixels as [H, W, 3] floats 0..255, the people's share of each pixel 0..1, and the face boxes in it."""

    image: numpy.ndarray
    alpha: numpy.ndarray
    faces: numpy.ndarray  # [N, 4], x0 y0 x1 y1


def photograph(portrait: Portrait, sources: common.Sources) -> PIL.Image.Image:
    """The whole of it, upright."""
    photo = PIL.Image.open(common.source_file(sources, *portrait.source)).convert("RGB")
    return photo.transpose(PIL.Image.Transpose.ROTATE_180) if portrait.turned else photo


def cut(portrait: Portrait, sources: common.Sources) -> Cutting:
    """The crop of the photograph; `alpha` is 1 everywhere for a portrait without an outline."""
    photo = photograph(portrait, sources)
    left, top, right, bottom = portrait.crop
    image = numpy.asarray(photo.crop(portrait.crop), numpy.float64)
    faces = numpy.array(portrait.faces, numpy.float64) - [left, top, left, top]
    alpha = numpy.ones(image.shape[:2])
    if portrait.outline:
        points = [((x - left) * SUPERSAMPLING, (y - top) * SUPERSAMPLING)
                  for x, y in zip(portrait.outline[::2], portrait.outline[1::2])]
        size = ((right - left) * SUPERSAMPLING, (bottom - top) * SUPERSAMPLING)
        mask = PIL.Image.new("L", size, 0)
        PIL.ImageDraw.Draw(mask).polygon(points, fill=255)
        alpha = numpy.asarray(mask.resize((right - left, bottom - top), PIL.Image.Resampling.BOX), numpy.float64) / 255
    return _trim(Cutting(image, alpha, faces))


def _trim(cutting: Cutting) -> Cutting:
    """Without the rows and columns in which nobody is."""
    rows, columns = numpy.flatnonzero(cutting.alpha.any(axis=1)), numpy.flatnonzero(cutting.alpha.any(axis=0))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return Cutting(cutting.image[top:bottom, left:right], cutting.alpha[top:bottom, left:right],
                   cutting.faces - [left, top, left, top])
