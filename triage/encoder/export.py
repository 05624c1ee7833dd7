"""From the tuned reader in torch to one ONNX file with weights of eight bits. Training only."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from triage.encoder.network import Reader
from triage.encoder.reader import HEADS

_OPSET = 17


def export(reader: Reader) -> bytes:
    """Return the quantised model: inputs `pieces` (N, T) int64 and `present` (N, T) float32, outputs the logits."""
    with tempfile.TemporaryDirectory() as folder:
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        pieces, present = torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8)
        sizes = {0: "texts", 1: "pieces"}
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                reader.eval(),
                (pieces, present),
                str(wide),
                input_names=["pieces", "present"],
                output_names=list(HEADS),
                dynamic_axes={"pieces": sizes, "present": sizes} | {name: {0: "texts"} for name in HEADS},
                opset_version=_OPSET,
                dynamo=False,
            )
        quantize_dynamic(wide, narrow, weight_type=QuantType.QInt8, per_channel=True)
        model = onnx.load(narrow)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())
