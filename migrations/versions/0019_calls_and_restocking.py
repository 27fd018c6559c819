"""When a browser was called about what, and tasks about an SKU

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "push_subscription",
        sa.Column("called", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    # What somebody could be called about until now.
    op.execute(
        "update push_subscription set called = jsonb_build_object("
        "'/people/alarms', last_ok_at, '/help', last_ok_at, '/help/mine', last_ok_at) where last_ok_at is not null"
    )
    op.drop_column("push_subscription", "last_ok_at")
    op.add_column("task", sa.Column("sku_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_task_sku_id_sku"), "task", "sku", ["sku_id"], ["id"])


def downgrade() -> None:
    # The older program knows one kind of task that somebody above gives.
    op.execute("update task set kind = 'sent' where kind in ('assigned', 'restock')")
    op.drop_column("task", "sku_id")
    op.add_column("push_subscription", sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update push_subscription set last_ok_at ="
        " (select max(cast(value as timestamptz)) from jsonb_each_text(called)) where called <> '{}'::jsonb"
    )
    op.drop_column("push_subscription", "called")
