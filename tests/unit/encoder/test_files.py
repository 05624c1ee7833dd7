"""The committed files of the second reader: whole, small, and at home in Russian."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from triage import batch
from triage.analyzer import Analyzer
from triage.batch import run
from triage.batch_command import start_chain
from triage.encoder import artefacts
from triage.encoder.reader import EncoderReader
from triage.errors import ModelUnavailable
from triage.loading import load_chain
from triage.report import Request
from triage.settings import Settings
from triage.text.paths import models_dir

MODELS = models_dir({})
UNKNOWN = 3
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def reader() -> EncoderReader:
    return EncoderReader(lambda: artefacts.read_files(MODELS, artefacts.read_manifest(MODELS)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_str((MODELS / artefacts.TOKENIZER).read_text(encoding="utf-8"))


def chain(reader: str, models: Path = MODELS) -> Analyzer:
    return load_chain(Settings.from_env({"TRIAGE_READER": reader, "TRIAGE_MODELS": str(models)})).analyzer


def test_the_model_stays_below_48_megabytes_and_names_its_licence() -> None:
    assert (MODELS / artefacts.MODEL).stat().st_size < 48 * MEGABYTE
    assert "MIT" in (MODELS / "NOTICE").read_text(encoding="utf-8")


def test_no_letter_of_russian_or_latin_is_unknown(tokenizer: Tokenizer) -> None:
    letters = [chr(c) for c in [*range(0x401, 0x460), *range(0xC0, 0x100)] if chr(c).isalpha()]
    words = [*letters, "ъыьэё", "ZWQXJ", "щжч", "электрификаторный", "Ўзбек", "naïve", "қазақ", "їжак"]
    unknown = [word for word in words if UNKNOWN in tokenizer.encode(word).ids]
    assert unknown == []


@pytest.mark.parametrize("text", ["", "🙂🙂🙂", "ы" * 100_000, "\x00\ufffe", "query: query:", "слово " * 20_000])
def test_any_text_is_read(reader: EncoderReader, text: str) -> None:
    reading = reader.read(text)
    for chances in (reading.scope, reading.priority, reading.faq):
        assert np.exp(chances).sum() == pytest.approx(1.0, abs=1e-4)


def test_reading_together_is_reading_alone(reader: EncoderReader) -> None:
    texts = ["шлюз отвечает 502 на всех API", "как продлить подписку", "спасибо", "портал не открывается " * 30]
    together = reader.read_all([(text, ()) for text in texts])
    for text, own in zip(texts, together, strict=True):
        assert np.abs(np.exp(own.scope) - np.exp(reader.read(text).scope)).max() < 0.05  # eight bits round by batch


def test_the_report_names_who_read_it() -> None:
    text = "ну вот опять что-то с этим порталом, не понимаю"
    assert chain("both").analyze(Request(text)).as_dict()["reader"] == "both"
    assert chain("quick").analyze(Request(text)).as_dict()["reader"] == "quick"


def test_where_the_quick_model_is_sure_it_reads_alone() -> None:
    report = chain("auto").analyze(
        Request("Установите нам, пожалуйста, платформу на наши серверы под ключ, сами не справимся")
    )
    assert report.reader == "quick"
    assert not report.needs_review


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for path in MODELS.iterdir():
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def spoil(change: Callable[[Path], None], folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(content)
    change(folder / name)


@pytest.mark.parametrize("name", [artefacts.MANIFEST, artefacts.MODEL, artefacts.TOKENIZER])
@pytest.mark.parametrize(
    "change", [Path.unlink, lambda path: path.write_bytes(b"{}"), lambda path: path.write_bytes(b'{"format": 1}')]
)
def test_without_its_files_the_quick_model_goes_on_alone(
    copied: Path, name: str, change: Callable[[Path], None]
) -> None:
    spoil(change, copied, name)
    broken = chain("both", copied)
    assert broken.readers()["classifier"] == "ok"
    assert broken.readers()["second_reader"].startswith("second reader unavailable")
    report = broken.analyze(Request("шлюз отвечает 502"))
    assert report.reader == "quick"
    assert report.scope.decision.rule == "model"
    assert any(note.startswith("second reader") for note in report.notes)


def test_a_reader_that_breaks_when_it_is_first_needed_says_so(copied: Path) -> None:
    whole = chain("both", copied)
    assert whole.readers() == {"classifier": "ok", "second_reader": "ok"}
    (copied / artefacts.MODEL).unlink()
    report = whole.analyze(Request("шлюз отвечает 502"))
    assert (report.reader, report.scope.decision.rule) == ("quick", "model")
    assert whole.readers()["second_reader"] not in ("ok", "off")


def test_it_is_off_when_only_the_quick_model_is_wanted() -> None:
    assert chain("quick").readers() == {"classifier": "ok", "second_reader": "off"}


def test_two_processes_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_READER", "both")
    monkeypatch.setattr(batch, "_CHUNK", 4)
    lines = [json.dumps({"text": text}).encode() for text in ("как продлить подписку?", "ну вот опять", "хм") * 8]
    both = [done.output for done in run(lines, chain("both"), processes=2, start=start_chain)]
    assert both == [done.output for done in run(lines, chain("both"))]
    assert b'"reader":"both"' in both[0]


def test_an_altered_model_is_named(copied: Path) -> None:
    spoil(lambda path: path.write_bytes(b"no model"), copied, artefacts.MODEL)
    manifest = json.loads((copied / artefacts.MANIFEST).read_text(encoding="utf-8"))
    with pytest.raises(ModelUnavailable, match=r"encoder\.onnx was altered"):
        artefacts.read_files(copied, manifest)
