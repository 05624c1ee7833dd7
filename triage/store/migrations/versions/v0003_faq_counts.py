"""Showings of FAQ entries with what became of them, entries that are withheld, questions without an answer.

The log that was kept before named every entry on a screen alike and no draft, so that honest counts cannot be made
of it: it is left behind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "faq_showings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation_id", SERIAL, nullable=True),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_faq_showings_conversation_id", "faq_showings", ["conversation_id"])
    op.create_index("ix_faq_showings_entry", "faq_showings", ["entry"])
    op.create_index(
        "ix_faq_showings_open",
        "faq_showings",
        ["due"],
        sqlite_where=sa.text("outcome = 'open'"),
        postgresql_where=sa.text("outcome = 'open'"),
    )
    op.create_table(
        "faq_questions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation_id", SERIAL, nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_faq_questions_conversation_id", "faq_questions", ["conversation_id"])
    op.create_index("ix_faq_questions_at", "faq_questions", ["at"])
    op.create_table(
        "faq_entries",
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.drop_table("faq_outcomes")
