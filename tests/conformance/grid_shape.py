"""What moves elements about: reshaping, joining, cutting, gathering, resizing."""

from grid import Case, floats, graph, ints, one, scalar, w, x


def cases() -> list[Case]:
    return _views() + _transposes() + _joins() + _windows() + _gathers() + _resizes()


def _views() -> list[Case]:
    return [
        one("Reshape", x(2, 3, 4), ints(6, 4)), one("Reshape", x(2, 3, 4), ints(0, -1)),
        one("Reshape", x(2, 3, 4, type="i64", low=-9, high=9), ints(4, 3, 2)), one("Reshape", x(1, 17, 3, 3), ints(1, 153)),
        one("Flatten", x(2, 3, 4, 5), axis=2), one("Flatten", x(2, 3, 4), axis=-1), one("Squeeze", x(1, 3, 1, 4), ints(0, 2)),
        one("Unsqueeze", x(3, 4), ints(0, 3)), one("Squeeze", x(1, 3, 1)),
        one("Expand", x(3, 1), ints(2, 3, 4)), one("Expand", x(1, 5), ints(1)), one("Expand", x(4, type="i64", low=0, high=9), ints(3, 4)),
    ]


def _transposes() -> list[Case]:
    return [
        one("Transpose", x(3, 5)), one("Transpose", x(33, 65)), one("Transpose", x(1, 16, 5, 7), perm=[0, 2, 3, 1]),
        one("Transpose", x(1, 5, 7, 16), perm=[0, 3, 1, 2]), one("Transpose", x(2, 3, 4, 5), perm=[0, 2, 1, 3]),
        one("Transpose", x(2, 3, 4), perm=[2, 0, 1]), one("Transpose", x(2, 3, 2, 3, 2), perm=[4, 1, 3, 0, 2]),
        one("Transpose", x(3, 4, type="i64", low=-9, high=9)), one("Transpose", x(3, 4, type="bool")),
        one("DepthToSpace", x(1, 12, 3, 4), blocksize=2), one("DepthToSpace", x(1, 18, 2, 2), blocksize=3, mode="CRD"),
        one("SpaceToDepth", x(2, 3, 4, 6), blocksize=2),
    ]


def _joins() -> list[Case]:
    return [
        one("Concat", x(1, 16, 5, 5), x(1, 32, 5, 5), axis=1), one("Concat", x(1, 3, 5, 5), x(1, 6, 5, 5), x(1, 1, 5, 5), axis=1),
        one("Concat", x(2, 3), x(2, 5), axis=-1), one("Concat", x(2, 3), x(4, 3), axis=0), one("Concat", x(2, 3, 4), w(2, 1, 4), axis=1),
        one("Concat", x(3, type="i64", low=0, high=9), x(2, type="i64", low=0, high=9), axis=0), one("Concat", x(2, 3), axis=0),
        one("Split", x(2, 6, 3), out=("", "", ""), axis=1), one("Split", x(1, 32, 4, 4), ints(8, 24), out=("", ""), axis=1),
        one("Split", x(7, 3), ints(2, 5), out=("", "")), one("Split", x(2, 10), ints(3, 3, 4), out=("", "", ""), axis=-1),
        one("Tile", x(2, 3), ints(2, 1)), one("Tile", x(1, 2, 3), ints(3, 2, 2)),
    ]


def _windows() -> list[Case]:
    return [
        one("Slice", x(5, 6), ints(1, 2), ints(4, 6)), one("Slice", x(1, 16, 8, 8), ints(4), ints(12), ints(1)),
        one("Slice", x(1, 8, 9, 9), ints(0, 0), ints(9, 9), ints(2, 3), ints(2, 2)), one("Slice", x(6, 5), ints(-1), ints(-7), ints(0), ints(-2)),
        one("Slice", x(6, 5, type="i64", low=-9, high=9), ints(1), ints(9223372036854775807), ints(1)),
        one("Pad", x(2, 3), ints(0, 1, 2, 0)), one("Pad", x(1, 5, 4, 4), ints(0, 0, 1, 2, 0, 0, 3, 4), scalar(1.5)),
        one("Pad", x(1, 3, 5, 5), ints(0, 0, 2, 2, 0, 0, 2, 2), mode="reflect"), one("Pad", x(1, 3, 5, 5), ints(0, 0, 2, 1, 0, 0, 1, 2), mode="edge"),
        one("Pad", x(4, 6), ints(0, -1, 1, -2)), one("Trilu", x(2, 4, 5)), one("Trilu", x(4, 5), scalar(1, "i64"), upper=0),
        one("CumSum", x(3, 7), scalar(1, "i64")), one("CumSum", x(3, 7), scalar(0, "i64"), exclusive=1, reverse=1),
    ]


def _gathers() -> list[Case]:
    return [
        one("Gather", x(5, 4), x(3, type="i64", low=0, high=4)), one("Gather", x(5, 4), ints(-1, 0), axis=1),
        one("Gather", x(3, 5, 4), x(2, 2, type="i32", low=0, high=4), axis=1), one("Gather", x(5, 4), scalar(2, "i64")),
        one("Gather", w(50, 16), x(2, 7, type="i64", low=0, high=49)), one("Gather", x(6, type="i64", low=-9, high=9), ints(5, 1)),
        one("GatherElements", x(3, 4), x(3, 2, type="i64", low=0, high=3), axis=1), one("GatherND", x(3, 4, 5), x(2, 2, type="i64", low=0, high=2)),
        one("OneHot", x(6, type="i64", low=0, high=4), scalar(5, "i64"), floats(0, 1), out="f32"),
    ]


def _resizes() -> list[Case]:
    table = []
    for mode in ("asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"):
        for kind in ("linear", "nearest"):
            rest = {"nearest_mode": "floor"} if kind == "nearest" and mode == "asymmetric" else {}
            table += [
                one("Resize", x(1, 5, 6, 7), None, floats(1, 1, 2, 2), mode=kind, coordinate_transformation_mode=mode, **rest),
                one("Resize", x(1, 16, 5, 4), None, None, ints(1, 16, 8, 9), mode=kind, coordinate_transformation_mode=mode, **rest),
            ]
    return table + [
        one("Resize", x(1, 4, 8, 8), None, floats(1, 1, 0.5, 0.5), mode="linear"),
        one("Resize", x(1, 4, 9, 9), None, None, ints(1, 4, 4, 5), mode="nearest", nearest_mode="round_prefer_ceil"),
        one("Resize", x(1, 4, 5, 5), None, floats(1, 1, 2, 2), mode="cubic", tolerance=1e-4),
        one("Resize", x(2, 3, 8), None, floats(1, 1, 2), mode="linear"),
        one("Upsample", x(1, 3, 4, 4), floats(1, 1, 2, 3), mode="nearest", opset=9),
        one("Upsample", x(1, 3, 4, 4), floats(1, 1, 2, 2), mode="linear", opset=9),
        graph("resize after convolution", {"x": x(1, 8, 6, 6), "w": w(8, 8, 1, 1), "s": floats(1, 1, 2, 2)},
              ("Conv", "x w", "a"), ("Resize", "a  s", "y", {"mode": "nearest", "coordinate_transformation_mode": "asymmetric",
                                                             "nearest_mode": "floor"})),
    ]
