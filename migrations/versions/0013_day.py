"""Clock-ins, hand-overs and calls for help

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import SYSTEM, disclose, enclose, grant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WALLED = {
    "clock_entry": "select, insert",
    "hand_over": "select, insert",
    "hand_over_confirmation": "select, insert",
    "help_call": "select, insert, update (closed_at, closed_by)",
    "help_answer": "select, insert",
}
WRITTEN_ONCE = ("clock_entry", "hand_over", "hand_over_confirmation", "help_answer")


def upgrade() -> None:
    op.add_column("store", sa.Column("radius_metres", sa.Integer(), server_default="200", nullable=False))
    op.create_check_constraint(op.f("ck_store_radius"), "store", "radius_metres between 1 and 100000")
    changes_the_book = sa.text("kind in ('adjustment', 'waste')")
    op.create_index(
        "ix_movement_differences", "movement", ["store_id", "occurred_at"], postgresql_where=changes_the_book
    )
    _clock()
    _hand_overs()
    _help()
    for table, rights in WALLED.items():
        enclose(table)
        grant(table, rights)
    for table in WRITTEN_ONCE:
        op.execute(f"revoke update, delete on {table} from {SYSTEM}")


def _clock() -> None:
    op.create_table(
        "clock_entry",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_origin(),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("distance_metres", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_clock_entry_person_id_person")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_clock_entry_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_clock_entry")),
    )
    op.create_index(op.f("ix_clock_entry_store_id_occurred_at"), "clock_entry", ["store_id", "occurred_at"])


def _hand_overs() -> None:
    op.create_table(
        "hand_over",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ends_day", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.UUID(), nullable=False),
        *_origin(),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("snapshot", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_hand_over_given_by_person")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_hand_over_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_store_id_occurred_at"), "hand_over", ["store_id", "occurred_at"])
    op.create_table(
        "hand_over_confirmation",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("hand_over_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("disputes", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "hand_over_id"],
            ["hand_over.store_id", "hand_over.id"],
            name=op.f("fk_hand_over_confirmation_store_id_hand_over"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hand_over_confirmation_person_id_person")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_hand_over_confirmation")),
    )
    op.create_index(
        op.f("ix_hand_over_confirmation_store_id_hand_over_id"), "hand_over_confirmation", ["store_id", "hand_over_id"]
    )


def _help() -> None:
    op.create_table(
        "help_call",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=False),
        *_origin(),
        sa.Column("screen", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=True),
        sa.Column("app_version", sa.String(length=100), nullable=True),
        sa.Column("last_problem", sa.String(length=1000), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_help_call_asked_by_person")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_help_call_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_help_call")),
    )
    op.create_index(op.f("ix_help_call_store_id_occurred_at"), "help_call", ["store_id", "occurred_at"])
    op.create_index("ix_help_call_open", "help_call", ["recorded_at"], postgresql_where=sa.text("closed_at is null"))
    op.create_table(
        "help_answer",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("help_id", sa.UUID(), nullable=False),
        sa.Column("answered_by", sa.UUID(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "help_id"],
            ["help_call.store_id", "help_call.id"],
            name=op.f("fk_help_answer_store_id_help_call"),
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_help_answer_answered_by_person")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_help_answer")),
    )
    op.create_index(op.f("ix_help_answer_store_id_help_id"), "help_answer", ["store_id", "help_id"])


def _origin() -> list[sa.Column[object]]:
    return [
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(length=100), nullable=True),
    ]


def downgrade() -> None:
    for table in WALLED:
        disclose(table)
    for table in ("help_answer", "help_call", "hand_over_confirmation", "hand_over", "clock_entry"):
        op.drop_table(table)
    op.drop_index("ix_movement_differences", table_name="movement")
    op.drop_constraint(op.f("ck_store_radius"), "store")
    op.drop_column("store", "radius_metres")
