"""Cutting the vocabulary to the pieces of Russian and English, and the tokenizer over it. Training only.

250,000 pieces of a hundred languages are nine tenths of the starting weights. Kept are the special pieces, those the
corpus uses, every piece of Russian letters, signs and digits, and the likeliest pieces of Latin letters. A word whose
piece is left out falls back to smaller pieces; single letters are always kept, so that no Cyrillic or Latin letter
becomes unknown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from triage.encoder.weights import StartingWeights

SIZE = 40_000
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")  # their numbers are 0 to 3, before and after the cut
_UNKNOWN = SPECIAL.index("<unk>")
_RUSSIAN = re.compile(r"▁?[а-яёА-ЯЁ]+")
_SIGNS = re.compile(r"▁?[!-@\[-`{-~«»—–№…“”„’€₽×•·→]*")
_LATIN = re.compile(r"▁?[A-Za-z]+")


def tokenizer_of(pieces: Iterable[tuple[str, float]]) -> Tokenizer:
    """Return the Unigram tokenizer (Kudo 2018) of these pieces and log probabilities, as XLM-RoBERTa normalises."""
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=_UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def kept_pieces(start: StartingWeights, texts: Iterable[str], size: int = SIZE) -> list[int]:
    """Return the numbers of the pieces to keep, ascending, so that the special ones stay first."""
    whole = tokenizer_of(zip(start.pieces, start.scores.tolist(), strict=True))
    kept = set(range(len(SPECIAL)))
    for encoding in whole.encode_batch(list(texts)):
        kept.update(encoding.ids)
    spare = []
    for number, piece in enumerate(start.pieces):
        if _RUSSIAN.fullmatch(piece) or _SIGNS.fullmatch(piece):
            kept.add(number)
        elif _LATIN.fullmatch(piece):
            spare.append(number)
        if _is_letter(piece.removeprefix("▁")):
            kept.add(number)
    spare.sort(key=lambda number: -start.scores[number])
    spare = [number for number in spare if number not in kept]
    kept.update(spare[: max(0, size - len(kept))])
    return sorted(kept)


def _is_letter(piece: str) -> bool:
    """Tell whether the piece is one Cyrillic or Latin letter: what every left out piece falls back to."""
    return len(piece) == 1 and piece.isalpha() and unicodedata.name(piece, "").startswith(("CYRILLIC", "LATIN"))


def cut_tokenizer(start: StartingWeights, kept: list[int]) -> Tokenizer:
    """Return the tokenizer of the kept pieces; a piece's number is its row in the cut table."""
    return tokenizer_of((start.pieces[number], float(start.scores[number])) for number in kept)


def as_bytes(tokenizer: Tokenizer) -> bytes:
    """Return the tokenizer as JSON for `tokenizers`, the same bytes for the same pieces."""
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")).encode()
