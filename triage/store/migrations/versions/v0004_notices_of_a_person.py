"""Whose words a notice holds, so that they are erased with the person; letters that have left lose theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("notices", sa.Column("conversation_id", SERIAL, nullable=True))
    op.create_index("ix_notices_conversation_id", "notices", ["conversation_id"])
    op.execute("UPDATE mails SET payload = '' WHERE state = 'sent'")
