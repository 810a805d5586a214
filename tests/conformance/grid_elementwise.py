"""What works on each element alone: unary and binary mathematics, comparisons, choices, casts, quantization."""

from grid import Case, floats, one, scalar, w, x

SHAPES = ((3, 5), (1, 17, 4, 3))
# Operator, range of its input, opset.
UNARY = (
    ("Abs", -2, 2, 17), ("Acos", -0.95, 0.95, 17), ("Acosh", 1.1, 4, 17), ("Asin", -0.95, 0.95, 17),
    ("Asinh", -3, 3, 17), ("Atan", -3, 3, 17), ("Atanh", -0.9, 0.9, 17), ("Ceil", -3, 3, 17), ("Celu", -3, 3, 17),
    ("Cos", -7, 7, 17), ("Cosh", -3, 3, 17), ("Elu", -3, 3, 17), ("Erf", -3, 3, 17), ("Exp", -5, 5, 17),
    ("Floor", -3, 3, 17), ("Gelu", -4, 4, 20), ("HardSigmoid", -4, 4, 17), ("HardSwish", -5, 5, 17),
    ("Identity", -2, 2, 17), ("LeakyRelu", -2, 2, 17), ("Log", 0.01, 9, 17), ("Mish", -4, 4, 18), ("Neg", -2, 2, 17),
    ("Reciprocal", 0.2, 3, 17), ("Relu", -2, 2, 17), ("Round", -3, 3, 17), ("Selu", -3, 3, 17), ("Shrink", -2, 2, 17),
    ("Sigmoid", -8, 8, 17), ("Sign", -2, 2, 17), ("Sin", -7, 7, 17), ("Sinh", -3, 3, 17), ("Softplus", -8, 8, 17),
    ("Softsign", -4, 4, 17), ("Sqrt", 0, 9, 17), ("Tan", -1.4, 1.4, 17), ("Tanh", -5, 5, 17),
    ("ThresholdedRelu", -3, 3, 17),
)
BINARY = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow")
# Pairs of shapes: alike, by channel, by row, in the middle, both ways, with scalars, of other ranks.
PAIRS = (((2, 3, 4, 5), (2, 3, 4, 5)), ((1, 16, 5, 5), (16, 1, 1)), ((1, 33, 4, 4), (1, 33, 1, 1)),
         ((2, 3, 4), (4,)), ((2, 3, 4), (2, 1, 4)), ((3, 1, 5), (1, 4, 1)), ((7,), ()), ((5,), (2, 3, 5)),
         ((1, 8, 6, 6), (1, 1, 6, 6)))


def cases() -> list[Case]:
    return _unary() + _binary() + _logic() + _choices() + _casts() + _quantized()


def _unary() -> list[Case]:
    table = []
    for op, low, high, opset in UNARY:
        shapes = SHAPES if op in ("Relu", "Sigmoid", "HardSwish", "Neg") else SHAPES[1:]
        table += [one(op, x(*shape, low=low, high=high), opset=opset) for shape in shapes]
    one_shape = SHAPES[1]
    return table + [
        one("Relu", x()), one("Relu", x(1)), one("Relu", x(2, 3, 2, 2, 2, 2)), one("Abs", x(5, type="i32", low=-9, high=9)),
        one("Elu", x(*one_shape, low=-3), alpha=0.5), one("LeakyRelu", x(*one_shape), alpha=0.25),
        one("Celu", x(*one_shape, low=-3), alpha=2.0), one("Selu", x(*one_shape), alpha=1.5, gamma=0.5),
        one("HardSigmoid", x(*one_shape, low=-4, high=4), alpha=0.5, beta=0.6),
        one("Shrink", x(*one_shape, low=-2, high=2), lambd=0.5, bias=0.25), one("ThresholdedRelu", x(9), alpha=0.3),
        one("Gelu", x(*one_shape, low=-4, high=4), approximate="tanh", opset=20),
        one("Clip", x(*one_shape, low=-9, high=9), scalar(0), scalar(6)), one("Clip", x(*one_shape), scalar(-0.5)),
        one("Clip", x(*one_shape), None, scalar(0.5)), one("Clip", x(*one_shape, low=-9, high=9)),
        one("Dropout", x(3, 4)), one("IsNaN", x(3, 4), out="bool"), one("IsInf", x(3, 4), out="bool"),
        one("PRelu", x(1, 6, 4, 4), w(6, 1, 1)), one("PRelu", x(2, 5), w(5)), one("PRelu", x(2, 5, 3), w(1)),
        one("QuickGelu", x(3, 40, low=-4, high=4), domain="com.microsoft"),
        one("FastGelu", x(3, 40, low=-4, high=4), domain="com.microsoft", tolerance=1e-4),
        one("BiasGelu", x(3, 40, low=-4, high=4), w(40), domain="com.microsoft"),
    ]


def _binary() -> list[Case]:
    table = []
    for index, op in enumerate(BINARY):
        low = 0.2 if op in ("Div", "Pow") else -2
        for pair in (PAIRS if op in ("Add", "Mul") else PAIRS[index % 3::3]):
            table.append(one(op, *(x(*shape, low=low, high=2) for shape in pair)))
    return table + [
        one("Add", x(1, 16, 5, 5), w(16, 1, 1)), one("Mul", scalar(0.5), x(4, 5)), one("Sub", w(1, 5), x(4, 5)),
        one("Pow", x(4, 5, low=-2, high=2), scalar(2)), one("Pow", x(4, 5, low=0.1, high=2), scalar(0.5)),
        one("Pow", x(4, 5, low=-2, high=2), scalar(3)),
        one("Add", x(2, 3, type="i32", low=-9, high=9), x(3, type="i32", low=-9, high=9)),
        one("Mul", x(6, type="i32", low=-1000, high=1000), x(6, type="i32", low=-1000, high=1000)),
        one("Div", x(8, type="i32", low=-50, high=50), x(8, type="i32", low=1, high=9)),
        one("Mod", x(20, type="i32", low=-50, high=50), x(20, type="i32", low=1, high=9)),
        one("Mod", x(20, low=-5, high=5), x(20, low=0.5, high=2), fmod=1),
        one("Sum", x(2, 3), x(2, 3), x(3)), one("Max", x(2, 3), x(3), x(1)), one("Mean", x(2, 3), x(2, 3), x(3)),
        one("Min", x(4)), one("Add", x(3, 4, type="f16"), x(4, type="f16"), tolerance=1e-3),
    ]


def _logic() -> list[Case]:
    numbers = [x(4, 5, type="i32", low=0, high=3), x(5, type="i32", low=0, high=3)]
    flags = [x(4, 5, type="bool"), x(1, 5, type="bool")]
    table = [one(op, *numbers, out="bool") for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")]
    table += [one(op, x(2, 9), x(9), out="bool") for op in ("Greater", "Less", "GreaterOrEqual", "LessOrEqual")]
    table += [one(op, *flags) for op in ("And", "Or", "Xor")]
    return table + [one("Equal", *flags), one("Not", x(4, 5, type="bool"))]


def _choices() -> list[Case]:
    return [
        one("Where", x(4, 5, type="bool"), x(4, 5), x(4, 5), out="f32"),
        one("Where", x(4, 1, type="bool"), x(5), x(2, 1, 1), out="f32"),
        one("Where", x(1, 5, type="bool"), x(4, 5), scalar(-1e9), out="f32"),
        one("Where", x(5, type="bool"), x(5, type="i64", low=-5, high=5), x(5, type="i64", low=-5, high=5), out="i64"),
    ]


def _casts() -> list[Case]:
    number = {"f32": 1, "u8": 2, "i8": 3, "i32": 6, "i64": 7, "bool": 9, "f16": 10}
    pairs = (("f32", "i32"), ("f32", "i64"), ("f32", "u8"), ("f32", "i8"), ("f32", "bool"), ("f32", "f16"), ("i32", "f32"),
             ("i64", "f32"), ("u8", "f32"), ("i8", "f32"), ("bool", "f32"), ("f16", "f32"), ("i32", "i64"), ("i64", "i32"),
             ("bool", "i64"), ("i64", "bool"))
    return [one("Cast", x(3, 7, type=source, low=0 if source == "u8" or target == "u8" else -9, high=9), to=number[target],
                out=target, label=f"{source} to {target}", tolerance=1e-3 if target == "f16" else 1e-6)
            for source, target in pairs]


def _quantized() -> list[Case]:
    table = []
    for kind, low, zero in (("u8", 0, 128), ("i8", -128, -3)):
        point = scalar(zero, kind)
        table += [
            one("QuantizeLinear", x(3, 50, low=-3, high=3), scalar(0.02), point, out=kind),
            one("DequantizeLinear", x(3, 50, type=kind, low=low, high=low + 255), scalar(0.02), point, out="f32"),
        ]
    return table + [
        one("DequantizeLinear", x(2, 3, 4, type="i8", low=-128, high=127), floats(0.1, 0.2, 0.05), axis=1, out="f32"),
        one("DequantizeLinear", x(12, type="i32", low=-9000, high=9000), scalar(0.001), out="f32"),
        one("QuantizeLinear", x(2, 3, 4, low=-3, high=3), floats(0.1, 0.2, 0.05), out="u8", axis=1),
    ]
