"""Returns and quarantine

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from migrations import run_script
from migrations.walls import disclose, enclose, enclose_where, give_to_system, grant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SALE = "operation = 'recordSale' and answer ->> '{}' is not null"


def upgrade() -> None:
    _returns()
    _lots()
    _tallies()
    for table in ("goods_return", "quarantine_lot"):
        enclose(table)
        grant(table, "select, insert, update")
    enclose_where("sale_tally", "false")  # how much of a sale is left is another store's: `claim_return` alone asks
    enclose_where("member_lookup", "false")
    grant("category_handling")
    # Most sales name neither, so the hot path pays for these only where they do.
    for key in ("receipt", "member"):
        op.create_index(
            f"ix_applied_request_{key}",
            "applied_request",
            [sa.text(f"(answer ->> '{key}')"), "recorded_at"],
            postgresql_where=sa.text(SALE.format(key)),
        )
    run_script("claim_return_v1")
    for function in ("sale_line", "claim_return", "unclaim_return"):
        give_to_system(function)


def downgrade() -> None:
    op.execute("drop function unclaim_return, claim_return, sale_line")
    for key in ("member", "receipt"):
        op.drop_index(f"ix_applied_request_{key}", "applied_request")
    op.drop_table("category_handling")
    for table in ("member_lookup", "sale_tally", "quarantine_lot", "goods_return"):
        disclose(table)
        op.drop_table(table)


def _returns() -> None:
    op.create_table(
        "goods_return",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("condition", sa.String(length=16), nullable=False),
        sa.Column("disposition", sa.String(length=16), nullable=False),
        sa.Column("advised", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("override_reason", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("sale_line_id", sa.UUID(), nullable=True),
        sa.Column("sale_document_id", sa.UUID(), nullable=True),
        sa.Column("sale_store_id", sa.UUID(), nullable=True),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_fen", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.UUID(), nullable=True),
        sa.CheckConstraint("units > 0", name=op.f("ck_goods_return_units")),
        sa.CheckConstraint("refund_fen >= 0", name=op.f("ck_goods_return_refund")),
        sa.CheckConstraint(
            "(sale_document_id is null) = (sale_line_id is null)", name=op.f("ck_goods_return_whole_sale")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_goods_return_store_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_goods_return_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_goods_return")),
    )
    op.create_index("ix_goods_return_store_id_recorded_at", "goods_return", ["store_id", "recorded_at"])


def _lots() -> None:
    op.create_table(
        "quarantine_lot",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.UUID(), nullable=True),
        sa.Column("passed_units", sa.Integer(), nullable=True),
        sa.Column("failed_to", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint("units > 0", name=op.f("ck_quarantine_lot_units")),
        sa.CheckConstraint("passed_units between 0 and units", name=op.f("ck_quarantine_lot_passed")),
        sa.CheckConstraint("(closed_at is null) = (passed_units is null)", name=op.f("ck_quarantine_lot_closed_whole")),
        sa.ForeignKeyConstraint(
            ["store_id", "id"], ["goods_return.store_id", "goods_return.id"], name=op.f("fk_quarantine_lot_store_id_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_quarantine_lot_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_quarantine_lot")),
    )
    op.create_index(
        "ix_quarantine_lot_store_id_put_at",
        "quarantine_lot",
        ["store_id", "put_at"],
        postgresql_where=sa.text("closed_at is null"),
    )


def _tallies() -> None:
    op.create_table(
        "sale_tally",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("sku_id", sa.UUID(), nullable=False),
        sa.Column("units", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fen", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_sale_tally_units")),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_sale_tally_fen")),
        sa.PrimaryKeyConstraint("store_id", "document_id", "sku_id", name=op.f("pk_sale_tally")),
    )
    op.create_table(
        "category_handling",
        sa.Column("category_id", sa.UUID(), nullable=False),
        sa.Column("handling", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_category_handling_category_id")),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_category_handling")),
    )
    op.create_table(
        "member_lookup",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=False),
        sa.Column("member", sa.String(length=64), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_lookup")),
    )
    op.create_index("ix_member_lookup_actor_id_looked_at", "member_lookup", ["actor_id", "looked_at"])
