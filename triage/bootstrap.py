"""Settings to the wired application: the only place that names the concrete classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry

from triage.analyzer import Analyzer
from triage.desk.desk import Desk
from triage.desk.ports import AgentsBoard, Mailer, UpdateHandler
from triage.faq.entries import FaqEntry, load_entries
from triage.faq.lookup import Lookup
from triage.jobs.authors import Authors
from triage.jobs.bulk import Bulk
from triage.jobs.carrier import Board, Carrier
from triage.jobs.conversations import Conversations
from triage.jobs.counted import Counted
from triage.jobs.engine import AUTHORS, BOARD, BULK, INBOX, MAIL, REPLIES, TIMERS, UPKEEP, DurableEngine
from triage.jobs.faq_watch import FaqWatch
from triage.jobs.health import Health
from triage.jobs.inbox import Inbox
from triage.jobs.letters import Letters
from triage.jobs.metrics import Metrics
from triage.jobs.ports import Messenger
from triage.jobs.receiving import Receiving
from triage.jobs.upkeep import Upkeep
from triage.jobs.withheld import Offering, Withheld
from triage.jobs.world import World, utc_now
from triage.loading import likeness_of, load_chain
from triage.mail import MailComposer, OutboxMailer, SmtpMailer
from triage.mail.smtp import SmtpServer
from triage.policy.pack import Policy, load_policy
from triage.report import Request, TriageReport
from triage.settings import Settings
from triage.store import Database, connect

Analyze = Callable[[Request], TriageReport]


@dataclass(frozen=True, slots=True, repr=False)
class Application:
    """The whole program, ready to start. `engine.start()` belongs inside the running event loop.

    `analyze` is the chain without the entries that are withheld.
    Everything here may be called from any thread; only the engine's jobs are async.
    """

    settings: Settings
    policy: Policy
    analyze: Analyze
    faq: Mapping[str, FaqEntry]
    database: Database
    conversations: Conversations
    inbox: Inbox
    desk: Desk
    letters: Letters
    health: Health
    engine: DurableEngine
    metrics: Metrics
    carrier: Carrier
    board: Board
    receiving: Receiving
    lookup: Lookup

    @property
    def registry(self) -> CollectorRegistry:
        """The metrics' registry; call `health.measure()` before it is read."""
        return self.metrics.registry

    def attach_telegram(
        self,
        handler: UpdateHandler,
        messenger: Messenger,
        board: AgentsBoard | None = None,
        *,
        state: Callable[[], str] = lambda: "ok",
    ) -> None:
        """Let this process work Telegram's queues; before `engine.start()`.

        `state` says whether updates come in: `ok` or why not.
        """
        self.inbox.handler, self.carrier.messenger, self.board.board = handler, messenger, board
        self.engine.register(INBOX, {"turn": self.inbox.turn})
        self.engine.register(REPLIES, {"say": self.carrier.say})
        self.engine.register(REPLIES, {"erase_message": self.carrier.erase_message})
        if board is not None:
            self.engine.register(BOARD, {"show_card": self.board.show_card})
            self.engine.register(BOARD, {"erase_card": self.board.erase_card})
            self.engine.register(BOARD, {"tell_agents": self.board.tell_agents})
        self.health.telegram = lambda: self.carrier.trouble or state()

    def close(self) -> None:
        """Stop the engine and close the database."""
        self.engine.stop()
        self.database.dispose()


def build(
    settings: Settings,
    *,
    analyze: Analyze | None = None,
    mailer: Mailer | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Application:
    """Wire the application. The database must have been migrated.

    Raises WrongSetting, WrongPolicy, WrongContent, ModelUnavailable or StoreUnavailable with advice.
    """
    chain, policy, faq, analyzer = _chain(settings, analyze)
    database = connect(settings.database_url)
    withheld, metrics = Withheld(database), Metrics()
    analyze_offered = Offering(Counted(chain, metrics).analyze, withheld, policy).analyze
    database.ping()
    engine = DurableEngine(database.engine, database.url, settings.worker_id)
    lookup = Lookup(faq, withheld.now)
    agents = bool(settings.telegram_token and settings.agents_chat_id)
    composer = MailComposer(settings.mail_from, policy.addresses.mailbox, clock)
    world = World(
        store=database, jobs=engine, composer=composer, policy=policy, analyze=analyze_offered, faq=faq, clock=clock,
        sender=settings.mail_from, withheld=withheld, likeness=likeness_of(analyzer), agents=agents, lookup=lookup,
    )  # fmt: skip
    mailer = mailer or _mailer(settings)
    application = Application(
        settings=settings, policy=policy, analyze=analyze_offered, faq=faq, database=database,
        conversations=Conversations(world, metrics), inbox=Inbox(world, metrics),
        desk=Desk(
            database, engine, policy, clock, agents=agents, faq=faq, lookup=lookup, analyze=chain, count=metrics.agent,
        ),
        letters=Letters(world, mailer, metrics),
        health=Health(database, engine, mailer, metrics, analyzer.readers if analyzer else dict),
        engine=engine, metrics=metrics, carrier=Carrier(world, metrics), board=Board(world),
        receiving=Receiving(database.engine, engine), lookup=lookup,
    )  # fmt: skip
    _register(application, world)
    if analyzer and not database.is_sqlite:
        engine.register(BULK, {"chunk": Bulk(database, analyzer).chunk})
    return application


def _register(application: Application, world: World) -> None:
    """Tell the engine the jobs that every process can do."""
    engine, conversations, watch = application.engine, application.conversations, FaqWatch(world)
    upkeep = Upkeep(world, engine, watch)
    engine.register(AUTHORS, {"inform": Authors(world, conversations).inform})
    engine.register(MAIL, {"post": application.letters.post})
    engine.register(TIMERS, {"settle": conversations.settle})
    engine.register(UPKEEP, {"expire": conversations.expire})
    engine.register(UPKEEP, {"housekeep": upkeep.housekeep})
    engine.register(UPKEEP, {"faq_list": watch.weekly})
    engine.at_start(upkeep.begin)
    engine.at_start(watch.begin)


def _chain(
    settings: Settings, analyze: Analyze | None
) -> tuple[Analyze, Policy, Mapping[str, FaqEntry], Analyzer | None]:
    """The chain with the pack and the entries; a given chain spares loading the models."""
    if analyze is None:
        loaded = load_chain(settings)
        return loaded.analyzer.analyze, loaded.policy, loaded.entries, loaded.analyzer
    policy = load_policy(settings.policy_path, mailbox=settings.support_mailbox or None)
    return analyze, policy, load_entries(settings.data_dir / "faq"), None


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url:
        return SmtpMailer(SmtpServer.from_url(settings.smtp_url))
    return OutboxMailer(settings.outbox_dir)
