"""The database: tables, repositories, one unit of work, migrations."""

from triage.store.database import Database, connect
from triage.store.schema import migrate

__all__ = ["Database", "connect", "migrate"]
