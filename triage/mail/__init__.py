"""Letters as mails, and the ways they leave."""

from triage.mail.compose import MailComposer
from triage.mail.memory import MemoryMailer
from triage.mail.outbox import OutboxMailer
from triage.mail.smtp import SmtpMailer

__all__ = ["MailComposer", "MemoryMailer", "OutboxMailer", "SmtpMailer"]
