"""From the tuned reader in torch to one ONNX file with weights of eight bits. Training only."""

from __future__ import annotations

import copy
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from triage.encoder.finetune import in_batches, padded
from triage.encoder.network import Reader
from triage.encoder.reader import HEADS

_OPSET = 17
_BATCH = 32
_SHIFTED = {"narrow": 0.85}  # how much of the outliers goes from inputs into weights; behind GELU they are largest
_SHIFTED_ELSE = 0.7  # both chosen by parity with the float model (DECISIONS)
_WORDS = "encoder.words.weight"
Pieces = Sequence[Sequence[int]]


def export(reader: Reader, sample: Pieces) -> bytes:
    """Return the quantised model: inputs `pieces` (N, T) int64 and `present` (N, T) float32, outputs the logits.

    Weights and the inputs of all layers have eight bits. Channels with outliers are made smaller and their weights
    larger before that (SmoothQuant, Xiao et al. 2023), by what `sample` texts bring about.
    """
    smooth = copy.deepcopy(reader).eval()
    _smooth(smooth, _largest_inputs(reader, sample))
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        _export_wide(smooth, wide)
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser gives advice on every call
        quantize_dynamic(wide, narrow, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])
        model = onnx.load(narrow)
        _pack_words(model)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


def float_readings(reader: Reader, sample: Pieces) -> dict[str, NDArray[np.float32]]:
    """Return what the float model says of these texts, log probabilities (n, labels) a head: to compare with."""
    found: dict[str, list[NDArray[np.float32]]] = {head: [] for head in HEADS}
    for rows in in_batches(range(len(sample)), _BATCH):
        with torch.no_grad():
            outputs = reader.eval()(*padded([sample[row] for row in rows]))
        for head, values in zip(HEADS, outputs, strict=True):
            found[head].append(values.log_softmax(-1).numpy())
    return {head: np.vstack(values) for head, values in found.items()}


class _SmoothLinear(nn.Module):
    """A linear layer whose inputs are divided by a number a channel, and its weights multiplied."""

    def __init__(self, layer: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.inverse = nn.Parameter(1 / scale)
        self.layer = layer
        self.layer.weight.data = layer.weight.data * scale

    def forward(self, inputs: Tensor) -> Tensor:
        return self.layer(inputs * self.inverse)


def _largest_inputs(reader: Reader, sample: Pieces) -> dict[str, Tensor]:
    """Return the largest size that every input channel of every layer reaches, (channels,) a layer's name."""
    largest: dict[str, Tensor] = {}

    def watch(name: str, inputs: Tensor) -> None:
        own = inputs.abs().amax((0, 1))
        largest[name] = torch.maximum(largest[name], own) if name in largest else own

    hooks = [
        part.register_forward_hook(lambda part, inputs, output, name=name: watch(name, inputs[0]))
        for name, part in reader.encoder.layers.named_modules()
        if isinstance(part, nn.Linear)
    ]
    float_readings(reader, sample)
    for hook in hooks:
        hook.remove()
    return largest


def _smooth(reader: Reader, largest: dict[str, Tensor]) -> None:
    layers = reader.encoder.layers
    for name, inputs in largest.items():
        owner, kind = name.rsplit(".", 1)
        layer, share = layers.get_submodule(name), _SHIFTED.get(kind, _SHIFTED_ELSE)
        weights = layer.weight.abs().amax(0)
        scale = inputs.clamp(min=1e-4) ** share / weights.clamp(min=1e-4) ** (1 - share)
        setattr(layers.get_submodule(owner), kind, _SmoothLinear(layer, scale.clamp(min=1e-3)))


def _pack_words(model: onnx.ModelProto) -> None:
    """Store the vectors of the pieces in eight bits with a scale a piece."""
    graph = model.graph
    (gather,) = (node for node in graph.node if _WORDS in node.input)
    (words,) = (tensor for tensor in graph.initializer if tensor.name == _WORDS)
    vectors = numpy_helper.to_array(words)
    scale = (np.abs(vectors).max(axis=1, keepdims=True) / 127).astype(np.float32)
    packed = np.round(vectors / scale).astype(np.int8)
    graph.initializer.remove(words)
    graph.initializer.append(numpy_helper.from_array(packed, "words"))
    graph.initializer.append(numpy_helper.from_array(scale, "words.scale"))
    place, numbers = list(graph.node).index(gather), gather.input[1]
    graph.node.remove(gather)
    for node in (
        helper.make_node("Mul", ["words.wide", "words.taken"], [gather.output[0]]),
        helper.make_node("Gather", ["words.scale", numbers], ["words.taken"]),
        helper.make_node("Cast", ["words.small"], ["words.wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["words", numbers], ["words.small"]),
    ):
        graph.node.insert(place, node)


def _export_wide(reader: Reader, path: Path) -> None:
    pieces, present = torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8)
    sizes = {0: "texts", 1: "pieces"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            reader.eval(),
            (pieces, present),
            str(path),
            input_names=["pieces", "present"],
            output_names=list(HEADS),
            dynamic_axes={"pieces": sizes, "present": sizes} | {name: {0: "texts"} for name in HEADS},
            opset_version=_OPSET,
            dynamo=False,
        )
