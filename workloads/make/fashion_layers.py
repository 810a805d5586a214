"""The shapes of the Fashion-MNIST classifiers, without weights: read by the training and by the making of models."""

import weighted_graph
from layers import Layer, Layers

SIDE = 28
CLASSES = 10
PIXEL_MEAN, PIXEL_DEVIATION = 72.94, 90.02  # of the 60,000 training pictures
TEACHER_WIDTH = 16
PORTS = weighted_graph.Ports("image", (1, SIDE, SIDE), "logits", (CLASSES,))


def teacher(width: int = TEACHER_WIDTH) -> Layers:
    """A residual network; half of the width is a network of which half of the channels were taken."""
    layers = [Layer("stem", "input", 1, width, stride=2)]
    for block, (channels, stride) in enumerate(((width, 1), (2 * width, 2), (2 * width, 1), (4 * width, 2))):
        source = layers[-1]
        name, shortcut = f"block{block}", source.name
        layers.append(Layer(f"{name}.inner", source.name, source.channels, channels, stride=stride))
        if channels != source.channels:
            shortcut = f"{name}.shortcut"
            layers.append(Layer(shortcut, source.name, source.channels, channels, (1, 1), stride, relu=False))
        layers.append(Layer(f"{name}.outer", f"{name}.inner", channels, channels, add=shortcut))
    return tuple(layers)


def student() -> Layers:
    """Plain convolutions: a seventh of the teacher's work."""
    return (Layer("stem", "input", 1, 16, stride=2), Layer("conv1", "stem", 16, 16, stride=2),
            Layer("conv2", "conv1", 16, 32), Layer("conv3", "conv2", 32, 32, stride=2))
