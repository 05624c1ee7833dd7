"""Chunks of bulk runs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chunks",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("requests", sa.LargeBinary(), nullable=True),
        sa.Column("reports", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("run", "number"),
    )
    op.create_index("ix_chunks_at", "chunks", ["at"])
