"""Makes nlp/language-id: the network of npm `lande` as ONNX, its n-grams and labels, and UDHR paragraphs."""

import base64
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import common
import onnx_half
import text

# UDHR names individual languages where lande names the macrolanguage (or another code of the same language).
LABEL_OF_ISO = {"arb": "ara", "azj": "aze", "ekk": "est"}
ORDERS = ("unigrams", "bigrams", "trigrams", "quadgrams")


def _module(file: pathlib.Path) -> object:
    """The value of a JavaScript file that is `export default <JSON>;`."""
    source = file.read_text(encoding="utf-8").strip()
    return json.loads(source.removeprefix("export default ").removesuffix(";"))


def _decode(encoded: str) -> np.ndarray:
    """One byte a weight: "1<scale>|<base64>", value = (byte - 127) / scale."""
    head, _, data = encoded.partition("|")
    if not head.startswith("1") or head.startswith("1-"):
        raise ValueError("weights are not in toygrad's f8 encoding")
    values = np.frombuffer(base64.b64decode(data, validate=True), np.uint8).astype(np.float64)
    return ((values - 127) / float(head[1:])).astype(np.float32)


def _dense(layer: dict) -> tuple[np.ndarray, np.ndarray]:
    return np.stack([_decode(row) for row in layer["_filters"]]), _decode(layer["_biases"])


def _network(options: dict) -> onnx.ModelProto:
    layers = options["layers"]
    if [layer["type"] for layer in layers] != ["input", "dense", "relu", "dense", "softmax"]:
        raise ValueError("the layers of lande's network are not the known ones")
    (weight1, bias1), (weight2, bias2) = _dense(layers[1]), _dense(layers[3])
    initializers = {"weight1": weight1, "bias1": bias1, "weight2": weight2, "bias2": bias2}
    nodes = [
        helper.make_node("Gemm", ["ngrams", "weight1", "bias1"], ["hidden"], "hidden", transB=1),
        helper.make_node("Relu", ["hidden"], ["hidden.relu"], "relu"),
        helper.make_node("Gemm", ["hidden.relu", "weight2", "bias2"], ["logits"], "logits", transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"], "softmax", axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "lande-t50",
        [helper.make_tensor_value_info("ngrams", TensorProto.FLOAT, ["batch", weight1.shape[1]])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", weight2.shape[0]])],
        [numpy_helper.from_array(value, name) for name, value in initializers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="edgebench")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


def make(sources: common.Sources, out: pathlib.Path) -> None:
    labels, ngrams, options = (
        _module(common.source_file(sources, "lande", f"standalone/t50-{part}.js"))
        for part in ("langs", "ngrams", "options")
    )
    onnx_half.save_both(_network(options), out)
    by_order = [ngrams[order] for order in ORDERS]
    features = {"schema": "edgebench.ngrams/1", "labels": labels, "ngrams": by_order}
    (out / "ngrams.json").write_text(json.dumps(features, ensure_ascii=False) + "\n", encoding="utf-8")
    samples = []
    for paragraph in text.paragraphs(sources["udhr"]):
        label = LABEL_OF_ISO.get(paragraph.iso, paragraph.iso)
        if label in labels:
            samples.append({"label": label, "text": paragraph.text})
    common.write_samples(samples, out / "samples.json")
