"""What of a sale can still be undone, and whether an id is a sale's

Revision ID: 0018
Revises: 0020
"""

from alembic import op

from migrations import run_script
from migrations.walls import give_to_system

revision = "0018"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script("undo_sale_v1")
    for function in ("undo_line", "names_sale"):
        give_to_system(function)


def downgrade() -> None:
    op.execute("drop function names_sale, undo_line")
