"""The command line: what each command does is one function; heavy imports wait until they are needed.

Exit status: 0 done, 1 done with bad lines reported, 2 wrong use or settings (one line on stderr).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from triage.errors import TriageError, WrongInput
from triage.settings import Settings

Run = Callable[[argparse.Namespace, Settings], int]
Command = Callable[[str, Run, str], argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; no traceback reaches a person for a foreseen error."""
    parser = _parser()
    args = parser.parse_args(arguments)
    _read_env(Path.cwd() / ".env")
    if reader := getattr(args, "reader", None):
        os.environ["TRIAGE_READER"] = reader  # the environment, so that worker processes follow
    try:
        return int(args.run(args, Settings.from_env()))
    except TriageError as error:
        print(f"triage: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _read_env(path: Path) -> None:
    if path.is_file():
        from dotenv import load_dotenv

        load_dotenv(path)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="triage", description="Предварительная проверка обращений в поддержку")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        return sub

    check = command("check", _check, "one report, readable; --json for programs")
    check.add_argument("text", nargs="?", default="-", metavar="TEXT", help="the request, or - for standard input")
    check.add_argument("--json", action="store_true", help="print the report of the contract")
    batch = command("batch", _batch, "many reports, JSON Lines")
    batch.add_argument("input", metavar="IN", help="a file of requests, or -")
    batch.add_argument("output", metavar="OUT", help="a file for reports, or -")
    batch.add_argument("--processes", type=int, default=1, metavar="N", help="worker processes (default 1)")
    batch.add_argument("--cluster", action="store_true", help="spread chunks over the workers of the database")
    for sub in (check, batch):
        _reader_argument(sub)
    command("chat", _chat, "the bot's conversation in the terminal")
    command("serve", _serve, "web, worker and Telegram in one process")
    command("work", _work, "one more worker against the same PostgreSQL")
    command("migrate", _migrate, "the database schema to the newest version")
    _training_commands(command)
    _faq_commands(command("faq", _faq_lint, "the FAQ: check it, search it, see how it serves"))
    return parser


def _training_commands(command: Command) -> None:
    train = command("train", _train, "train the classifier on data/tickets and write models/")
    train.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: the models folder)")
    train.add_argument("--seed", type=int, default=7)
    train.add_argument("--encoder", action="store_true", help="tune the second reader too; needs triage[encoder]")
    train.add_argument("--force", action="store_true", help="replace a model even if it is better")
    evaluate = command("evaluate", _evaluate, "metrics on labelled requests")
    evaluate.add_argument("file", type=Path, metavar="FILE.jsonl")
    evaluate.add_argument("--errors", type=int, default=10, metavar="N", help="show the N worst errors")
    evaluate.add_argument("--html", type=Path, metavar="OUT.html", help="write one page with tables and pictures")
    _reader_argument(evaluate)
    corpus = command("corpus", _corpus, "check the corpus: counts, near-duplicates")
    corpus.add_argument("--drop", action="store_true", help="rewrite the batches without near-duplicates")
    corpus.add_argument("--card", action="store_true", help="write the counts into the data card")


def _reader_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--reader", choices=["auto", "quick", "both"], help="who reads: both only where unsure (auto), or always"
    )


def _faq_commands(faq: argparse.ArgumentParser) -> None:
    commands = faq.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(run=run)
        return sub

    command("lint", _faq_lint, "links, length, versions and questions of every entry")
    search = command("search", _faq_search, "what a text finds, with scores and reasons")
    search.add_argument("query", nargs="?", default="", metavar="TEXT")
    stats = command("stats", _faq_stats, "how entries serve, and which entries are worth writing")
    stats.add_argument("--picture", type=Path, metavar="FILE.svg", help="draw the counts too")
    allow = command("allow", _faq_allow, "offer a withheld entry again; its counts begin anew")
    allow.add_argument("entry", metavar="ENTRY")


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from triage.loading import load_chain
    from triage.report import Request

    text = args.text if args.text != "-" else _read_text(sys.stdin.buffer.read())
    chain = load_chain(settings, whole=False)
    if chain.broken:
        print(f"triage: {chain.broken}", file=sys.stderr)  # noqa: T201
    report = chain.analyzer.analyze(Request(text))
    if args.json:
        import msgspec

        sys.stdout.buffer.write(msgspec.json.encode(report.as_dict()) + b"\n")
        return 0
    from datetime import UTC, datetime

    from rich.console import Console

    from triage.report_view import show

    show(report, text, chain.policy, datetime.now(UTC), Console())
    return 0


def _read_text(raw: bytes) -> str:
    """Standard input as text; broken UTF-8 is replaced, not refused, as a person would."""
    return raw.decode("utf-8", errors="replace").removesuffix("\n")


def _batch(args: argparse.Namespace, settings: Settings) -> int:
    from triage.batch_command import run_batch

    if args.processes < 1:
        raise WrongInput("--processes takes a number from 1")
    return run_batch(settings, args.input, args.output, processes=args.processes, cluster=args.cluster)


def _chat(args: argparse.Namespace, settings: Settings) -> int:
    import logging

    from rich.console import Console

    from triage.bootstrap import build
    from triage.logs import configure
    from triage.store import migrate
    from triage.terminal import chat

    configure(settings.log, logging.ERROR)
    migrate(settings.database_url)
    return chat(build(settings), Console(highlight=False))


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    from triage.serving import serve

    return serve(settings)


def _work(args: argparse.Namespace, settings: Settings) -> int:
    from triage.serving import work

    return work(settings)


def _migrate(args: argparse.Namespace, settings: Settings) -> int:
    from triage.store import migrate

    migrate(settings.database_url)
    return 0


def _train(args: argparse.Namespace, settings: Settings) -> int:
    from triage.training import train_models

    return train_models(
        settings, args.out or settings.models_dir, seed=args.seed, force=args.force, encoder=args.encoder
    )


def _evaluate(args: argparse.Namespace, settings: Settings) -> int:
    from triage.evaluation import evaluate_file

    return evaluate_file(settings, args.file, errors=args.errors, page=args.html)


def _corpus(args: argparse.Namespace, settings: Settings) -> int:
    from triage.training import check_corpus

    return check_corpus(settings, drop=args.drop, card=args.card)


def _faq_lint(args: argparse.Namespace, settings: Settings) -> int:
    from triage.faq_command import lint

    return lint(settings)


def _faq_search(args: argparse.Namespace, settings: Settings) -> int:
    from triage.faq_command import search

    return search(settings, args.query)


def _faq_stats(args: argparse.Namespace, settings: Settings) -> int:
    from triage.faq_command import stats

    return stats(settings, picture=args.picture)


def _faq_allow(args: argparse.Namespace, settings: Settings) -> int:
    from triage.faq_command import allow

    return allow(settings, args.entry)


if __name__ == "__main__":
    sys.exit(main())
