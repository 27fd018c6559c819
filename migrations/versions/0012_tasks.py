"""Stored tasks and checklists

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import SYSTEM, disclose, enclose, grant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WALLED = {
    "tasks_made": "select",
    "task": "select, insert, update (done_at, done_by, withdrawn_at, withdrawn_by)",
    "task_claim": "select, insert, update (owner_id, taken_at), delete",
    "task_record": "select, insert",
    "compliance_entry": "select, insert",
}
WRITTEN_ONCE = ("checklist_version", "task_record", "compliance_entry")


def upgrade() -> None:
    _checklists()
    _tasks()
    _records()
    for table, rights in WALLED.items():
        enclose(table)
        grant(table, rights)
    grant("checklist_version")  # the chain's, as its catalogue is
    for table in WRITTEN_ONCE:
        op.execute(f"revoke update, delete on {table} from {SYSTEM}")


def _checklists() -> None:
    op.create_table(
        "checklist_version",
        sa.Column("checklist_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("title_en", sa.String(length=100), nullable=False),
        sa.Column("needs", postgresql.JSONB(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("moment", sa.String(length=20), nullable=False),
        sa.Column("times", postgresql.ARRAY(sa.String(length=5)), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("store_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("region_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.UUID(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_checklist_version_version")),
        sa.PrimaryKeyConstraint("checklist_id", "version", name=op.f("pk_checklist_version")),
    )
    op.create_table(
        "tasks_made",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_tasks_made_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_tasks_made")),
    )


def _tasks() -> None:
    op.create_table(
        "task",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("checklist_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("needs", postgresql.JSONB(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.UUID(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_task_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_task")),
    )
    unfinished = sa.text("done_at is null and withdrawn_at is null")
    op.create_index("ix_task_open", "task", ["store_id"], postgresql_where=unfinished)
    op.create_index(op.f("ix_task_store_id_day"), "task", ["store_id", "day"])
    op.create_index(op.f("ix_task_checklist_id_day"), "task", ["checklist_id", "day"])
    op.create_table(
        "task_claim",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("task_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_task_claim_owner_id_person")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_task_claim_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "task_id", name=op.f("pk_task_claim")),
    )


def _records() -> None:
    op.create_table(
        "task_record",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("task_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_seconds", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(length=100), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("distance_metres", sa.Integer(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "task_id"], ["task.store_id", "task.id"], name=op.f("fk_task_record_store_id_task")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_record_person_id_person")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_task_record")),
    )
    op.create_index(op.f("ix_task_record_store_id_task_id"), "task_record", ["store_id", "task_id"])
    op.create_table(
        "compliance_entry",
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_compliance_entry_person_id_person")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_compliance_entry_store_id_store")),
        sa.PrimaryKeyConstraint("store_id", "act", "subject_id", name=op.f("pk_compliance_entry")),
    )
    op.create_index(op.f("ix_compliance_entry_store_id_day"), "compliance_entry", ["store_id", "day"])


def downgrade() -> None:
    for table in WALLED:
        disclose(table)
    for table in ("compliance_entry", "task_record", "task_claim", "task", "tasks_made", "checklist_version"):
        op.drop_table(table)
