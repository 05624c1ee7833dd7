"""What is remembered of words gives the same margins as reading the plain way."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.classify.corpus import read_corpus
from triage.loading import Chain
from triage.text import reading
from triage.text.ahead import read_many
from triage.text.features import Vocabulary, learn_vocabulary, split, token_forms, tokenize
from triage.text.pairs import PairTable
from triage.text.paths import data_dir
from triage.text.pieces import PieceColumns, pieces
from triage.text.places import sentences
from triage.text.reading import Reader, Reading

TEXTS = (
    "Шлюз упал ночью. Шлюзы упали утром, как включить логи?",
    "как включить кэш? Как включить логи не работает",
    "не работает не работает шлюз 4.2.1, ошибка 502!",
    "Упал шлюз. Где логи? Нужны срочно",
)
LEMMAS = {"шлюзы": "шлюз", "упали": "упасть", "упал": "упасть", "логи": "лог"}
GROUPS = {"упасть": ("stopped",), "как включить": ("asks",), "шлюз упасть": ("stopped", "outage"), "!": ("loud",)}

WORDS = (
    *("шлюз", "упал", "упали", "ночью", "как", "включить", "логи", "не", "работает", "zzz", "!", "?", ".", ",", "\n"),
    *(" ", "502", "шлюз.", "«Шлюз»", "a@b.ru", "http://a.ru/?q", "█", "упал-шлюз", "Ёлка²"),
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return learn_vocabulary([split(t).forms for t in TEXTS], LEMMAS, GROUPS, min_texts=1, min_piece_texts=1)


def readers(vocabulary: Vocabulary) -> tuple[Reader, Reader]:
    """Return a reader that remembers and one that reads the plain way."""
    remembering = Reader(vocabulary)
    remembering.prepare()
    return remembering, Reader(vocabulary)


def weights(read: Reading, size: int) -> np.ndarray:
    """The weight of every column."""
    dense, single = np.zeros(size), len(read.columns.ids)
    np.add.at(dense, read.columns.ids, read.weights[:single])
    for number, weight in zip(read.columns.words.tolist(), read.weights[single:].tolist(), strict=True):
        if number and read.columns.sums:
            columns, own, _ = read.columns.sums.parts(number, number + 1)
            np.add.at(dense, columns, own * weight)
    return dense


def shares(read: Reading, size: int) -> np.ndarray:
    """What of each column belongs to each token and each pair, (slots, columns)."""
    shared = np.zeros((2 * read.length, size))
    entries, slots = read.tokens.slots()
    each, many = read.weights.copy(), len(read.columns.ids)
    each[read.single : many] /= read.counts
    np.add.at(shared, (slots, read.columns.ids[entries]), each[entries])
    for token, (number, weight) in enumerate(zip(read.columns.words, read.weights[many:], strict=False)):
        if number and read.columns.sums:
            columns, own, _ = read.columns.sums.parts(int(number), int(number) + 1)
            np.add.at(shared[token], columns, own * weight)
    return shared


class TestRemembering:
    @given(st.lists(st.sampled_from(WORDS), max_size=40))
    def test_changes_no_weight_and_no_share(self, vocabulary: Vocabulary, words: list[str]) -> None:
        one, two = (reader.read(" ".join(words)) for reader in readers(vocabulary))
        assert np.allclose(weights(one, vocabulary.size), weights(two, vocabulary.size), atol=1e-6)
        assert np.allclose(shares(one, vocabulary.size), shares(two, vocabulary.size), atol=1e-6)
        assert one.length == two.length
        assert [one.tokens.span(0, i) for i in range(one.length)] == [two.tokens.span(0, i) for i in range(one.length)]
        assert len(one.columns) == 0 or two.columns.sums is None

    def test_changes_no_margin_of_the_model(self, chain: Chain) -> None:
        assert chain.analyzer.classifier is not None
        model = chain.analyzer.classifier._model
        plain = Reader(model._reader._vocabulary)
        for row in read_corpus(data_dir({}) / "tickets")[::60]:
            one, two = (reader.read(row.text) for reader in (model._reader, plain))
            margins = [read.weights @ model.margins.take(read.columns) for read in (one, two)]
            assert np.abs(margins[0] - margins[1]).max() < 1e-5

    def test_begins_anew_when_its_memory_is_full(self, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "_SUMS", 30)
        remembering, plain = readers(vocabulary)
        for number in range(120):
            text = f"шлюз упал{'а' * (number % 40)} лог{'и' * (number % 17)}"
            one, two = (weights(reader.read(text), vocabulary.size) for reader in (remembering, plain))
            assert np.allclose(one, two, atol=1e-6)
        assert remembering._words is not None
        assert len(remembering._words.sums) <= 30

    def test_leaves_long_texts_to_the_plain_way(self, vocabulary: Vocabulary) -> None:
        remembering, plain = readers(vocabulary)
        text = "шлюз упал ночью " * 600
        one, two = (reader.read(text) for reader in (remembering, plain))
        assert one.columns.sums is None
        assert np.array_equal(one.weights, two.weights)

    def test_of_nothing_is_nothing(self, vocabulary: Vocabulary) -> None:
        for reader in readers(vocabulary):
            assert [len(reader.read(text).columns) for text in ("", " \n ", "...", "zzzz")] == [0] * 4


class TestReadingAhead:
    @given(st.lists(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), max_size=5))
    def test_changes_no_weight_and_no_share(self, vocabulary: Vocabulary, texts: list[str]) -> None:
        reader, _ = readers(vocabulary)
        ahead = read_many(reader, texts)
        for text in texts:
            one = reader.read(text)
            assert (text in ahead) == (len(one.columns) > 0)
            if text not in ahead:
                continue
            two = ahead[text]
            assert (one.length, one.single) == (two.length, two.single)
            assert np.allclose(weights(one, vocabulary.size), weights(two, vocabulary.size), atol=1e-6)
            assert np.allclose(shares(one, vocabulary.size), shares(two, vocabulary.size), atol=1e-6)
            spans = [[read.tokens.span(0, i) for i in range(read.length)] for read in (one, two)]
            assert spans[0] == spans[1]

    def test_leaves_out_what_is_too_long(self, vocabulary: Vocabulary) -> None:
        reader, plain = readers(vocabulary)
        texts = ["шлюз упал", "шлюз упал ночью " * 450, "шлюз упал ночью " * 600, "как включить логи?"]
        ahead = read_many(reader, texts)
        assert set(ahead) == {texts[0], texts[3]}
        for text, read in ahead.items():
            assert np.allclose(weights(read, vocabulary.size), weights(plain.read(text), vocabulary.size), atol=1e-6)

    def test_does_without_when_nothing_is_remembered(self, vocabulary: Vocabulary) -> None:
        reader, plain = readers(vocabulary)
        assert read_many(plain, ["шлюз упал"]) == {}
        assert read_many(reader, []) == {}

    def test_does_without_when_the_memory_is_full(
        self, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "_SUMS", 30)
        reader, _ = readers(vocabulary)
        assert read_many(reader, [f"упал{'и' * number}" for number in range(40)]) == {}


class TestTokensOfAChunk:
    @given(st.text("аБ!? _.@-+1█wh/:tp\n«»", max_size=60))
    def test_are_those_of_the_text(self, vocabulary: Vocabulary, text: str) -> None:
        found, start = [], 0
        for chunk in reading.chunks(text):
            found += [(form, start + at, start + at + len(part)) for form, part, at in token_forms(chunk)]
            start += len(chunk) + 1
        assert found == [(token.form, token.start, token.end) for token in tokenize(text)]


class TestPieces:
    @given(st.text("алоё1 #", min_size=1, max_size=30))
    def test_are_the_same_in_one_pass(self, form: str) -> None:
        known = {piece: number for number, piece in enumerate(sorted(set(pieces("алоалоё") + pieces("ало1"))))}
        slow, quick = PieceColumns(known), PieceColumns(known)
        quick.prepare()
        assert sorted(slow.of(form)) == sorted(quick.of(form))

    def test_are_found_in_one_pass_by_who_asks_often(self) -> None:
        columns = PieceColumns({"ал": 0, "ло": 1})
        assert {tuple(sorted(columns.of("ало"))) for _ in range(1000)} == {(0, 1)}
        assert columns._automaton is not None

    def test_may_all_be_unknown(self) -> None:
        columns = PieceColumns({})
        columns.prepare()
        assert columns.of("ало") == []


class TestSentences:
    @given(st.text("аб .!?\n\t", max_size=40))
    @settings(max_examples=400)
    def test_are_found_from_behind_as_from_the_front(self, text: str) -> None:
        import re

        spans = [m.span() for m in re.finditer(r"[^.!?\n]+[.!?\n]*", text) if not m.group().isspace()]
        last, asking = sentences(text)
        assert asking == [s for s in spans if "?" in text[slice(*s)]] or ("?" not in text and asking == ())
        if len(spans) < 2:
            assert last is None
        else:
            assert last is not None
            assert last[0] == spans[-1][0]
            assert last[1] <= spans[-1][1]
            assert not text[last[1] : spans[-1][1]].strip(" .!?\n\t")


def test_hostile_texts_take_linear_time(vocabulary: Vocabulary) -> None:
    reader, _ = readers(vocabulary)

    def seconds(text: str) -> float:
        took = []
        for _ in range(2):
            start = time.thread_time()
            reader.read(text)
            took.append(time.thread_time() - start)
        return min(took)

    for seed in ("a?", "\n ", "шлюз ", "\nа?", ". ", "я", "ая" * 40 + " "):
        few, many = (seconds(seed * (size // len(seed))) for size in (50_000, 100_000))
        assert many < 4 * max(few, 5e-3), seed


class TestPairs:
    def test_of_many_words_keep_their_columns(self) -> None:
        words = [f"w{number}" for number in range(300)]
        forms = {
            f"{one} {two}": number for number, (one, two) in enumerate(zip(words, words[7:] + words[:7], strict=True))
        }
        lemmas = {f"{one} {one}": 1000 + number for number, one in enumerate(words)}
        table = PairTable(forms, lemmas, {}, {})
        text = [word for pair in [*forms, *lemmas] for word in (*pair.split(" "), "zzz")]
        columns, firsts = table.find(np.array([table.numbers(word, word) for word in text]))
        assert columns.tolist() == [*forms.values(), *lemmas.values()]
        assert firsts.tolist() == list(range(0, len(text), 3))

    def test_of_a_table_without_any_are_none(self) -> None:
        table = PairTable({"a": 1}, {}, {}, {})
        columns, firsts = table.find(np.array([table.numbers("a", "a")] * 3))
        assert len(columns) == len(firsts) == 0
