"""Tokens and columns of a text."""

from __future__ import annotations

import numpy as np
import pytest

from triage.text.features import Features, learn_vocabulary, pieces, tokenize
from triage.text.lemmas import pack_lemmas, unpack_lemmas


def forms(text: str) -> list[str]:
    return [token.form for token in tokenize(text)]


class TestTokens:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Шлюз ЛЕЖИТ", ["шлюз", "лежит"]),
            ("ещё", ["еще"]),
            ("версия 4.2.1", ["версия", "#version"]),
            ("ошибка 502!", ["ошибка", "502", "!"]),
            ("заявка 559012", ["заявка", "#long"]),
            ("https://a.ru/x?y=1 и b@c.ru", ["#url", "и", "#mail"]),
            ("пароль ████", ["пароль", "#mask"]),
            ("oauth2 v4", ["oauth2", "v4"]),
            ("10:30-11:00", ["#figures"]),
            ("", []),
        ],
    )
    def test_are_folded_and_signed(self, text: str, expected: list[str]) -> None:
        assert forms(text) == expected

    def test_know_their_place(self) -> None:
        text = "Упал шлюз 4.2.1 ?!"
        assert [text[t.start : t.end] for t in tokenize(text)] == ["Упал", "шлюз", "4.2.1", "?!"]


class TestPieces:
    def test_are_two_to_five_letters_with_borders(self) -> None:
        assert pieces("да") == [" д", "да", "а ", " да", "да ", " да "]

    def test_of_signs_there_are_none(self) -> None:
        assert pieces("#url") == []

    def test_of_an_endless_word_are_bounded(self) -> None:
        assert len(pieces("а" * 10_000)) < 120


class TestRows:
    TEXTS = ("шлюз упал ночью", "шлюзы упали утром", "как включить кэш", "как включить логи")

    def build(self) -> Features:
        lemmas = {"шлюзы": "шлюз", "упали": "упасть", "упал": "упасть"}
        groups = {"упасть": ("stopped",), "как включить": ("asks",)}
        texts = [forms(text) for text in self.TEXTS]
        return Features(learn_vocabulary(texts, lemmas, groups, min_texts=2, min_piece_texts=2))

    def test_have_blocks_of_length_one(self) -> None:
        features = self.build()
        columns, weights = features.row(forms("шлюз упал"))
        names = ["word", "lemma", "piece", "group"]
        blocks = features._vocabulary.blocks
        for name in names:
            inside = np.isin(columns, list(blocks[name].values()))
            if inside.any():
                assert float((weights[inside] ** 2).sum()) == pytest.approx(1.0, abs=1e-5)

    def test_share_lemmas_and_groups_between_forms(self) -> None:
        features = self.build()
        one, two = (set(features.row(forms(t))[0].tolist()) for t in ("шлюз упал", "шлюзы упали"))
        blocks = features._vocabulary.blocks
        assert {blocks["lemma"]["шлюз упасть"], blocks["group"]["stopped"]} <= one & two

    def test_pairs_of_words_may_carry_a_group(self) -> None:
        features = self.build()
        assert features._vocabulary.blocks["group"]["asks"] in features.row(forms("как включить"))[0]

    def test_are_the_same_when_words_were_seen_before(self) -> None:
        features = self.build()
        first, again = features.row(forms("шлюз упал")), features.row(forms("шлюз упал"))
        assert np.array_equal(first[0], again[0])
        assert np.array_equal(first[1], again[1])

    def test_of_nothing_known_are_empty(self) -> None:
        columns, weights = self.build().row(forms("zzz"))
        assert len(columns) == len(weights) == 0


def test_a_table_of_lemmas_survives_writing_and_reading() -> None:
    table = {"шлюз": "шлюз", "шлюзы": "шлюз", "упал": "упасть", "упасть": "упасть"}
    assert unpack_lemmas(pack_lemmas(table)) == table
