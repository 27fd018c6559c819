"""Which waiting codes the catalogue has learnt by being named, so that a wrong naming can be taken back

Revision ID: 0020
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unknown_code", sa.Column("learnt", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_unknown_code_resolved_at", "unknown_code", ["resolved_at"], postgresql_where="resolved_at is not null"
    )


def downgrade() -> None:
    op.drop_index("ix_unknown_code_resolved_at", "unknown_code")
    op.drop_column("unknown_code", "learnt")
