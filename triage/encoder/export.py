"""From the tuned reader in torch to one ONNX file with weights of eight bits. Training only."""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from triage.encoder.network import Reader
from triage.encoder.reader import HEADS

_OPSET = 17
_OUTLIERS = "narrow"  # layers whose inputs have outliers behind GELU: eight bits for all of a text are too few for them


def export(reader: Reader) -> bytes:
    """Return the quantised model: inputs `pieces` (N, T) int64 and `present` (N, T) float32, outputs the logits.

    All weights are stored in eight bits; where inputs have outliers they are multiplied as floats (DECISIONS).
    """
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        _export_wide(reader, wide)
        spared = [
            node.name for node in onnx.load(wide).graph.node if node.op_type == "MatMul" and _OUTLIERS in node.name
        ]
        logging.getLogger().setLevel(logging.ERROR)  # the quantiser gives advice on every call
        quantize_dynamic(wide, narrow, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=spared)
        model = onnx.load(narrow)
        _pack_weights(model, set(spared))
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


def _pack_weights(model: onnx.ModelProto, nodes: set[str]) -> None:
    """Store these nodes' weights in eight bits with a scale an output; loading makes floats of them once."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    wanted = [node.input[1] for node in graph.node if node.name in nodes]
    for name in wanted:
        weights = numpy_helper.to_array(stored[name])
        scale = (np.abs(weights).max(axis=0, keepdims=True) / 127).astype(np.float32)
        packed = np.round(weights / scale).astype(np.int8)
        graph.initializer.remove(stored[name])
        graph.initializer.append(numpy_helper.from_array(packed, f"{name}.packed"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{name}.scale"))
        graph.node.insert(0, helper.make_node("Mul", [f"{name}.wide", f"{name}.scale"], [name]))
        graph.node.insert(0, helper.make_node("Cast", [f"{name}.packed"], [f"{name}.wide"], to=TensorProto.FLOAT))


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
