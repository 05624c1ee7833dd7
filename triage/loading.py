"""Wiring the chain from its files: the policy pack, the models, the FAQ entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from triage.analyzer import Analyzer, Second
from triage.classify import artefacts
from triage.classify.classifier import Classifier
from triage.classify.pool import SecondOpinion, pool_of
from triage.encoder import artefacts as encoder_artefacts
from triage.encoder.reader import EncoderReader
from triage.errors import ModelUnavailable
from triage.faq.entries import EntryShelf, FaqEntry, load_entries
from triage.faq.likeness import Likeness
from triage.faq.rerank import Reranker
from triage.faq.search import FaqSearch, RankerWeights
from triage.policy.pack import Policy, load_policy
from triage.settings import Settings


@dataclass(frozen=True, slots=True)
class Chain:
    """The analyzer with what it was made of; `broken` says why the classifier is missing, else empty."""

    analyzer: Analyzer
    policy: Policy
    entries: Mapping[str, FaqEntry]
    broken: str = ""


def load_chain(settings: Settings, *, whole: bool = True) -> Chain:
    """Load everything; a missing or broken model leaves a chain that marks each request for review.

    Without `whole` FAQ entries and weights are read only as far as they are needed: for one report in a process.
    Raises WrongPolicy and WrongContent.
    """
    policy = load_policy(settings.policy_path, mailbox=settings.support_mailbox or None)
    folder = settings.data_dir / "faq"
    entries = load_entries(folder) if whole else EntryShelf(folder)
    try:
        loaded = artefacts.load(settings.models_dir, whole=whole)
    except ModelUnavailable as error:
        return Chain(Analyzer(policy, None, None, (f"classifier unavailable: {error}",)), policy, entries, str(error))
    classifier = Classifier(loaded.model, loaded.manifest["thresholds"], policy.confidence.floors)
    search = _search(loaded, entries, policy.addresses.faq_base)
    if whole:
        loaded.model.prepare()
    if whole and search:
        search.margins.widen()
    second, notes = _second(settings, loaded, policy, checked=whole)
    return Chain(Analyzer(policy, classifier, search, notes, second), policy, entries)


def _second(
    settings: Settings, loaded: artefacts.Artefacts, policy: Policy, *, checked: bool
) -> tuple[Second | None, tuple[str, ...]]:
    """Return the second reader, or the note that it is missing.

    Its files are loaded when it is first needed; `checked` compares their hashes now, so that a service says at once
    what is broken.
    """
    if settings.reader == "quick":
        return None, ()
    folder = settings.models_dir
    try:
        facts = encoder_artefacts.read_manifest(folder)
        if checked:
            encoder_artefacts.read_files(folder, facts)
        labels = {head: tuple(names) for head, names in facts["labels"].items()}
        pools = {head: pool_of(stored) for head, stored in facts["pools"].items()}
        opinion = SecondOpinion(labels, pools, facts["thresholds"], policy.confidence.floors)
        judge = facts["faq"]
        reranker = Reranker(np.array(judge["weights"], np.float32), float(judge["bias"]), float(judge["threshold"]))
    except ModelUnavailable as error:
        return None, (f"second reader unavailable: {error}",)
    except (KeyError, TypeError, ValueError):
        return None, (f"second reader unavailable: {folder}/{encoder_artefacts.MANIFEST} is not whole",)
    known = {head: tuple(names) for head, names in loaded.manifest["labels"].items()} | {"faq": loaded.faq_ids}
    if labels != known:
        return None, ("second reader unavailable: it knows other labels than the quick model",)
    reader = EncoderReader(lambda: encoder_artefacts.read_files(folder, facts))
    return Second(reader, opinion, reranker, always=settings.reader == "both"), ()


def likeness_of(analyzer: Analyzer | None) -> Likeness:
    """Return how texts are compared: by the model's lemmas where there is a model."""
    classifier = analyzer.classifier if analyzer else None
    return Likeness(classifier.vocabulary if classifier else None)


def _search(loaded: artefacts.Artefacts, entries: Mapping[str, FaqEntry], base: str) -> FaqSearch | None:
    if set(loaded.faq_ids) - entries.keys():
        return None
    weights = RankerWeights(
        loaded.faq_ids,
        loaded.faq["rows"],
        loaded.faq["margins"],
        loaded.faq["bias"],
        loaded.faq["judge"],
        float(loaded.faq["judge_bias"][0]),
        float(loaded.manifest["faq_threshold"]),
        loaded.manifest["faq_titles"],
    )
    return FaqSearch(weights, entries, base)
