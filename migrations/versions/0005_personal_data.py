"""Personal data under a key per person

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import SYSTEM

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_person(table: str, *, nullable: bool = False) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("person_id", sa.UUID(), nullable=nullable),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
    )


def upgrade() -> None:
    # Whoever acts for somebody gets no grant on any of these: what is sealed is read as the system.
    _data_keys()
    _values()
    _views()
    _alarms()
    op.create_table(
        "person_erasure",
        *_of_person("person_erasure"),
        _moment("erased_at"),
        sa.Column("erased_by", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_erasure")),
    )
    for written_once in ("personal_view", "person_erasure"):
        op.execute(f"revoke update, delete on {written_once} from {SYSTEM}")
    op.execute(f"revoke delete on data_key, security_alarm from {SYSTEM}")


def _data_keys() -> None:
    op.create_table(
        "data_key",
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("master_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _moment("destroyed_at", nullable=True),
        sa.CheckConstraint(
            "(wrapped is null) = (destroyed_at is not null)", name=op.f("ck_data_key_there_or_destroyed")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_data_key_version_counts")),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_data_key")),
    )
    op.create_index(op.f("ix_data_key_master_id"), "data_key", ["master_id"])


def _values() -> None:
    op.create_table(
        "personal_value",
        *_of_person("personal_value"),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        _moment("recorded_at"),
        sa.PrimaryKeyConstraint("person_id", "field", name=op.f("pk_personal_value")),
    )
    op.create_index(op.f("ix_personal_value_blind"), "personal_value", ["blind"])


def _views() -> None:
    op.create_table(
        "personal_view",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("viewer_id", sa.UUID(), nullable=False),
        *_of_person("personal_view", nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        _moment("viewed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_view")),
    )
    op.create_index(op.f("ix_personal_view_viewer_id_viewed_at"), "personal_view", ["viewer_id", "viewed_at"])
    op.create_index(op.f("ix_personal_view_person_id_viewed_at"), "personal_view", ["person_id", "viewed_at"])


def _alarms() -> None:
    op.create_table(
        "security_alarm",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("about_id", sa.UUID(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("usual", sa.SmallInteger(), nullable=False),
        _moment("raised_at"),
        _moment("acknowledged_at", nullable=True),
        sa.Column("acknowledged_by", sa.UUID(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_alarm")),
    )
    op.create_index(op.f("ix_security_alarm_about_id_raised_at"), "security_alarm", ["about_id", "raised_at"])
    op.create_index(op.f("ix_security_alarm_raised_at"), "security_alarm", ["raised_at"])


def downgrade() -> None:
    for table in ("person_erasure", "security_alarm", "personal_view", "personal_value", "data_key"):
        op.drop_table(table)
