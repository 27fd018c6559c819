"""An index of what people have given others to do and is not done: read every two seconds, to wake who is to do it

Revision ID: 0021
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    given = sa.text("made_by is not null and done_at is null and withdrawn_at is null")
    op.create_index("ix_task_given", "task", ["made_at"], postgresql_where=given)


def downgrade() -> None:
    op.drop_index("ix_task_given", "task")
