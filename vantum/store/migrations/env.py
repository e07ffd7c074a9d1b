"""Run by Alembic around the revisions: on the connection that `vantum.store.shape` opened, in its transaction."""

from __future__ import annotations

from alembic import context

from vantum.store.models import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
