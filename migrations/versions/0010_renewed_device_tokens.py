"""Tokens of shared devices that are renewed with every turn

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shared_device", sa.Column("former_hash", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_shared_device_former_hash"), "shared_device", ["former_hash"])


def downgrade() -> None:
    op.drop_column("shared_device", "former_hash")
