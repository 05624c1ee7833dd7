"""Tokens and columns of a text."""

from __future__ import annotations

import time
import timeit
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text.features import Features, learn_vocabulary, pieces, split, tokenize
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

    @given(st.text("аб!? _.@-+1█wh/:tps", max_size=60))
    def test_stand_where_they_say(self, text: str) -> None:
        tokens = tokenize(text)
        parts, seen, origins, _ = split(text)
        assert [text[t.start : t.end] for t in tokens] == parts
        assert [t.form for t in tokens] == seen[: len(tokens)]
        assert [seen[origin] for origin in origins] == [signed[3:] for signed in seen[len(tokens) :]]
        assert all(a.end <= b.start for a, b in pairwise(tokens))
        gaps = [text[a.end : b.start] for a, b in pairwise(tokens)]
        assert not any(c.isalnum() for gap in gaps for c in gap)

    def test_of_a_hostile_text_take_linear_time(self) -> None:
        def seconds(text: str) -> float:
            return min(timeit.repeat(lambda: split(text), number=1, repeat=3, timer=time.thread_time))

        for seed in ("a.", "a@", "a.@", "@-"):
            assert seconds(seed * 50_000) < 60 * max(seconds(seed * 2_500), 1e-4)

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
        row = features.row(forms("как включить шлюз"))
        blocks = features._vocabulary.blocks
        for names in (("word",), ("lemma",), ("piece",), ("group",)):
            inside = np.isin(row.columns, [column for name in names for column in blocks[name].values()])
            assert float((row.weights[inside] ** 2).sum()) == pytest.approx(1.0, abs=1e-5)

    def test_share_lemmas_and_groups_between_forms(self) -> None:
        features = self.build()
        one, two = (set(features.row(forms(t)).columns.tolist()) for t in ("шлюз упал", "шлюзы упали"))
        blocks = features._vocabulary.blocks
        assert {blocks["lemma"]["шлюз упасть"], blocks["group"]["stopped"]} <= one & two

    def test_pairs_of_words_may_carry_a_group(self) -> None:
        features = self.build()
        assert features._vocabulary.blocks["group"]["asks"] in features.row(forms("как включить")).columns

    def test_are_the_same_when_words_were_seen_before(self) -> None:
        features = self.build()
        first, again = features.row(forms("шлюз упал")), features.row(forms("шлюз упал"))
        assert np.array_equal(first.columns, again.columns)
        assert np.array_equal(first.weights, again.weights)

    def test_of_nothing_known_are_empty(self) -> None:
        row = self.build().row(forms("zzz"))
        assert len(row.columns) == len(row.weights) == 0

    def test_count_every_occurrence(self) -> None:
        row = self.build().row(forms("шлюз упал, шлюз упал"))
        assert row.counts.sum() == len(row.order) == sum(row.sizes)
        assert row.counts.max() == 2

    def test_weigh_by_the_logarithm_of_the_count(self) -> None:
        features = self.build()
        lemma = features._vocabulary.blocks["lemma"]["шлюз"]
        once, often = (features.row(forms("как " + "шлюз " * n)) for n in (1, 400))
        ratio = [float(row.weights[row.columns == lemma][0]) for row in (once, often)]
        others = [
            float(row.weights[row.columns == features._vocabulary.blocks["lemma"]["как"]][0]) for row in (once, often)
        ]
        assert ratio[1] / others[1] == pytest.approx(ratio[0] / others[0] * (1 + np.log(400)), rel=1e-5)


def test_a_table_of_lemmas_survives_writing_and_reading() -> None:
    table = {"шлюз": "шлюз", "шлюзы": "шлюз", "упал": "упасть", "упасть": "упасть"}
    read = unpack_lemmas(pack_lemmas(table))
    assert {form: read[form] for form in read} == table
    assert len(read) == len(table)
    assert read.get("шлюзов", "шлюзов") == "шлюзов"
    assert read.get("ши", "ши") == "ши"
