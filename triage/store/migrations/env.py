"""Alembic's entry: runs over the connection that `triage.store.schema` hands in."""

from alembic import context

from triage.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=lambda name, kind, parent: kind != "table" or name in Base.metadata.tables,
)
with context.begin_transaction():
    context.run_migrations()
