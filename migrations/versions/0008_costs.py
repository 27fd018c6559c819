"""What an SKU costs the chain, who may write prices, and who acts still

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from migrations import run_script
from migrations.walls import APP, disclose, enclose_where, give_to_system, grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

READ_COSTS = "'{store_manager,regional_manager,hq_operations,hq_compliance}'"
SET_PRICES = "'{hq_operations}'"


def upgrade() -> None:
    op.create_table(
        "sku_cost",
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_sku_cost_not_negative")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_sku_cost_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "valid_from", name=op.f("pk_sku_cost")),
    )
    run_script("acting_as_v1")
    give_to_system("acting_as")
    give_to_system("acts_still")
    # Costs are not of a store, so their wall asks for the role: a clerk's transaction sees none.
    enclose_where("sku_cost", f"(select acting_as({READ_COSTS}))")
    grant("sku_cost")

    # Prices are put beside those that were, and one that has begun is never changed.
    grant("price", "insert, update (fen)")
    may_set = f"(select acting_as({SET_PRICES}))"
    op.execute(f"create policy who_sets on price as restrictive for insert to {APP} with check ({may_set})")
    op.execute(
        f"create policy who_mends on price as restrictive for update to {APP} using (valid_from > now() and {may_set})"
    )


def downgrade() -> None:
    op.execute("drop policy who_mends on price")
    op.execute("drop policy who_sets on price")
    op.execute(f"revoke insert, update on price from {APP}")
    disclose("sku_cost")
    op.drop_table("sku_cost")
    op.execute("drop function acting_as, acts_still")
