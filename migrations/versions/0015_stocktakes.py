"""Stocktakes

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import disclose, enclose, grant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.UUID(), nullable=nullable)


def upgrade() -> None:
    _stocktake()
    _lines()
    _items()
    _anchors()
    op.create_table(
        "count_policy",
        sa.Column("single", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        _id("set_by", nullable=True),
        sa.CheckConstraint("single", name=op.f("ck_count_policy_single")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_count_policy")),
    )
    grant("count_policy")  # written by the system, for whoever sets it for the whole chain
    # There is no count yet that an older movement could be late for, so the follower begins here.
    op.execute("insert into projection (name, xid) values ('counts', pg_snapshot_xmin(pg_current_snapshot()))")


def _stocktake() -> None:
    op.create_table(
        "stocktake",
        _id("store_id"),
        _id("id"),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("scope_zone", sa.String(length=20), nullable=True),
        sa.Column("scope_ids", sa.ARRAY(sa.UUID()), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        _id("started_by", nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        _id("closed_by", nullable=True),
        sa.Column("not_seen", sa.String(length=12), nullable=True),
        _id("follows_id", nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_stocktake_store_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_stocktake")),
        sa.UniqueConstraint("id", name=op.f("uq_stocktake_id")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_stocktake_follows_id")),
    )
    op.create_index(op.f("ix_stocktake_store_id_started_at"), "stocktake", ["store_id", "started_at"])
    enclose("stocktake")
    grant("stocktake", "select, insert, update")


def _lines() -> None:
    op.create_table(
        "stocktake_line",
        _id("store_id"),
        _id("id"),
        _id("stocktake_id"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _id("sku_id", nullable=True),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        _id("shelf_id", nullable=True),
        sa.Column("counted_at", AT, nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        _id("person_id", nullable=True),
        sa.Column("device", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stocktake_line_quantity")),
        sa.CheckConstraint("(sku_id is null) = (units is null)", name=op.f("ck_stocktake_line_known")),
        sa.CheckConstraint("num_nonnulls(sku_id, code) > 0", name=op.f("ck_stocktake_line_names_something")),
        sa.ForeignKeyConstraint(
            ["store_id", "stocktake_id"],
            ["stocktake.store_id", "stocktake.id"],
            name="fk_stocktake_line_store_id_stocktake_id",
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stocktake_line_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_stocktake_line")),
        sa.UniqueConstraint("id", name=op.f("uq_stocktake_line_id")),
    )
    op.create_index(op.f("ix_stocktake_line_stocktake_id_seq"), "stocktake_line", ["stocktake_id", "seq"])
    enclose("stocktake_line")
    # What was counted is written once.
    grant("stocktake_line", "select, insert")


def _items() -> None:
    op.create_table(
        "stocktake_item",
        _id("store_id"),
        _id("stocktake_id"),
        _id("sku_id"),
        sa.Column("round", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("recount_asked_at", AT, nullable=True),
        _id("recount_asked_by", nullable=True),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("decided_seq", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        _id("decided_by", nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_from", AT, nullable=True),
        sa.Column("counted_to", AT, nullable=True),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("book", sa.Integer(), nullable=True),
        sa.Column("posted", sa.Integer(), nullable=True),
        sa.Column("price_fen", sa.BigInteger(), nullable=True),
        sa.Column("checked", sa.Integer(), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "stocktake_id"],
            ["stocktake.store_id", "stocktake.id"],
            name="fk_stocktake_item_store_id_stocktake_id",
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_stocktake_item_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "stocktake_id", "sku_id", name=op.f("pk_stocktake_item")),
    )
    enclose("stocktake_item")
    grant("stocktake_item", "select, insert, update")


def _anchors() -> None:
    op.create_table(
        "count_anchor",
        _id("store_id"),
        _id("sku_id"),
        _id("document_id"),
        sa.Column("counted_from", AT, nullable=False),
        sa.Column("counted_to", AT, nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("void", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("settled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("settled_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_count_anchor_store_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["sku.id"], name=op.f("fk_count_anchor_sku_id")),
        sa.PrimaryKeyConstraint("store_id", "sku_id", "document_id", name=op.f("pk_count_anchor")),
    )
    op.create_index(
        "uq_count_anchor_instant",
        "count_anchor",
        ["store_id", "sku_id", "counted_to"],
        unique=True,
        postgresql_where="not void",
    )
    enclose("count_anchor")
    grant("count_anchor", "select, insert, update")


def downgrade() -> None:
    op.execute("delete from projection where name = 'counts'")
    op.drop_table("count_policy")
    for table in ("count_anchor", "stocktake_item", "stocktake_line", "stocktake"):
        disclose(table)
        op.drop_table(table)
