"""How many first figures were looked at again, and why; what a task wants counted

Revision ID: 0017
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None

_CHECKS = ("figures", "suspect", "suspect_checked", "suspect_wrong", "control", "control_wrong")


def upgrade() -> None:
    for name in _CHECKS:
        op.add_column("stocktake_item", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("task", sa.Column("sku_ids", sa.ARRAY(sa.Uuid()), nullable=True))


def downgrade() -> None:
    # The older program knows no such tasks; their counts are in the books.
    op.execute(
        "delete from task_claim c using task t where t.store_id = c.store_id and t.id = c.task_id and t.kind = 'count'"
    )
    op.execute("delete from task where kind = 'count'")
    op.drop_column("task", "sku_ids")
    for name in reversed(_CHECKS):
        op.drop_column("stocktake_item", name)
