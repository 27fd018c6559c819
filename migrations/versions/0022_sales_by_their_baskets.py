"""Whether an id is a sale's is told by the baskets, not by reading all that a store has sold of a thing

Revision ID: 0022
Revises: 0021
"""

from alembic import op

from migrations import run_script
from migrations.walls import give_to_system

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace("names_sale_v2")


def downgrade() -> None:
    _replace("names_sale_v1")


def _replace(script: str) -> None:
    op.execute("drop function names_sale")
    run_script(script)
    give_to_system("names_sale")
