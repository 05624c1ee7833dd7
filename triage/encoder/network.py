"""The encoder in torch: the layers of multilingual-e5-small, a shared sentence vector and its heads. Training only.

Shapes: N texts, T pieces of the longest of them, H = 384 numbers a piece, A attention heads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from triage.encoder.weights import StartingWeights

DROPOUT = 0.1
_EPSILON = 1e-12  # of the layer norms, as in the starting weights
_HIDDEN = -1e4  # added to the attention's logits of padding


class Layer(nn.Module):
    """One transformer layer with the norm after each sum (BERT, Devlin et al. 2019).

    Dropout takes the same numbers away from all pieces of a text (Gal and Ghahramani 2016): a sixth of the time of
    training goes into drawing random numbers otherwise.
    """

    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
        self.mix = nn.Linear(hidden, hidden)
        self.mix_norm = nn.LayerNorm(hidden, eps=_EPSILON)
        self.widen, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.norm = nn.LayerNorm(hidden, eps=_EPSILON)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Turn (N, T, H) into (N, T, H); `mask` (N, 1, 1, T) is added to the attention's logits."""
        texts, length, hidden = states.shape
        shape = (texts, length, self.heads, hidden // self.heads)
        query, key, value = (part(states).view(shape).transpose(1, 2) for part in (self.query, self.key, self.value))
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self.mix(seen.transpose(1, 2).reshape(texts, length, hidden))
        states = self.mix_norm(states + self._drop(mixed))
        return self.norm(states + self._drop(self.narrow(functional.gelu(self.widen(states)))))

    def _drop(self, values: Tensor) -> Tensor:
        return (
            values * functional.dropout(values.new_ones(len(values), 1, values.shape[2]), DROPOUT)
            if self.training
            else values
        )


class Encoder(nn.Module):
    """From piece numbers to sentence vectors."""

    def __init__(self, vocabulary: int, hidden: int, layers: int, heads: int, positions: int, inner: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, hidden)
        self.places = nn.Embedding(positions, hidden)
        self.norm = nn.LayerNorm(hidden, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner) for _ in range(layers))

    def lower(self, pieces: Tensor, present: Tensor, layers: int) -> Tensor:
        """Return the states (N, T, H) above the first layers; `present` (N, T) is 1 for a piece, 0 for padding."""
        states = self.norm(self.words(pieces) + self.places.weight[: pieces.shape[1]])
        return self._through(self.layers[:layers], states, present)

    def upper(self, states: Tensor, present: Tensor, layers: int) -> Tensor:
        """Return sentence vectors (N, H), the mean of the last states, from those above the first `layers` layers."""
        states = self._through(self.layers[layers:], states, present)
        weights = present[:, :, None]
        return (states * weights).sum(1) / weights.sum(1)

    def forward(self, pieces: Tensor, present: Tensor) -> Tensor:
        """Return sentence vectors (N, H)."""
        return self.upper(self.lower(pieces, present, 0), present, 0)

    @staticmethod
    def _through(layers: Iterable[nn.Module], states: Tensor, present: Tensor) -> Tensor:
        mask = (1.0 - present[:, None, None, :]) * _HIDDEN
        for layer in layers:
            states = layer(states, mask)
        return states


class Reader(nn.Module):
    """The encoder with its heads; FAQ entries are vectors of their own, compared by angle (ProxyNCA, 2017)."""

    def __init__(self, encoder: Encoder, labels: Mapping[str, int], entries: int) -> None:
        super().__init__()
        hidden = encoder.places.embedding_dim
        self.encoder = encoder
        self.heads = nn.ModuleDict({head: nn.Linear(hidden, count) for head, count in labels.items()})
        for head in self.heads.values():
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        self.entries = nn.Parameter(torch.randn(entries + 1, hidden))  # the last one stands for «none answers»
        self.sharpness = nn.Parameter(torch.tensor(15.0))

    def outputs(self, vectors: Tensor) -> dict[str, Tensor]:
        """Return the logits (N, labels) of every head and (N, entries + 1) of the FAQ, from sentence vectors (N, H)."""
        logits = {head: layer(vectors) for head, layer in self.heads.items()}
        angles = functional.normalize(vectors, dim=-1) @ functional.normalize(self.entries, dim=-1).T
        return logits | {"faq": self.sharpness * angles}

    def forward(self, pieces: Tensor, present: Tensor) -> tuple[Tensor, ...]:
        """Return the logits of scope, priority and FAQ: what is exported."""
        return tuple(self.outputs(self.encoder(pieces, present)).values())


def load_encoder(start: StartingWeights, kept: list[int]) -> Encoder:
    """Build the encoder from the starting weights with only the `kept` pieces of the vocabulary, in that order."""
    tensors = {name: torch.from_numpy(values.copy()) for name, values in start.tensors.items()}
    hidden = start.hidden
    positions, inner = len(tensors["emb.pos"]) // hidden, len(tensors["l0.fi.b"])
    encoder = Encoder(len(kept), hidden, start.layers, start.heads, positions, inner)
    with torch.no_grad():
        encoder.words.weight.copy_(tensors["emb.word"].view(-1, hidden)[kept])
        first_kind = tensors["emb.type"][:hidden]  # one kind of segment: folded into the places
        encoder.places.weight.copy_(tensors["emb.pos"].view(-1, hidden) + first_kind)
        _copy(encoder.norm, tensors, "emb.ln")
        for number, layer in enumerate(encoder.layers):
            for part, name in (
                (layer.query, "q"), (layer.key, "k"), (layer.value, "v"), (layer.mix, "ao"), (layer.mix_norm, "aln"),
                (layer.widen, "fi"), (layer.narrow, "fo"), (layer.norm, "oln"),
            ):  # fmt: skip
                _copy(part, tensors, f"l{number}.{name}")
    return encoder


def _copy(part: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    part.weight.copy_(tensors[f"{name}.w"].view_as(part.weight))
    part.bias.copy_(tensors[f"{name}.b"])
