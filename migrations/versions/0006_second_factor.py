"""Second factors, PINs, shared devices and sign-in attempts

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEW_TABLES = (
    "wrong_pins",
    "staff_pin",
    "sign_in_attempt",
    "known_device",
    "half_session",
    "recovery_code",
    "second_factor",
)
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("local_account", sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
    _add_second_factors()
    _add_devices()
    _widen_sessions()
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wait_until", _INSTANT, nullable=False),
        sa.Column("forgotten_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_forgotten_at"), "sign_in_attempt", ["forgotten_at"])


def _add_second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("offered_secret", sa.Text(), nullable=True),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("last_step", sa.Integer(), server_default="0", nullable=False),
        _of_person("second_factor"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _of_person("recovery_code"),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "half_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        _of_person("half_session"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_half_session")),
    )
    op.create_index(op.f("ix_half_session_person_id"), "half_session", ["person_id"])
    op.create_index(op.f("ix_half_session_ends_at"), "half_session", ["ends_at"])


def _add_devices() -> None:
    op.create_table(
        "known_device",
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("last_used_at", _INSTANT, nullable=False),
        _of_person("known_device"),
        sa.PrimaryKeyConstraint("device_hash", "person_id", name=op.f("pk_known_device")),
    )
    op.create_index(op.f("ix_known_device_person_id"), "known_device", ["person_id"])
    op.create_index(op.f("ix_known_device_last_used_at"), "known_device", ["last_used_at"])
    op.create_table(
        "shared_device",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("shared_by", sa.UUID(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("last_used_at", _INSTANT, nullable=True),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_shared_device_store_id")),
        _of_person("shared_device", "shared_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shared_device_token_hash")),
    )
    op.create_index(op.f("ix_shared_device_store_id"), "shared_device", ["store_id"])
    op.create_table(
        "staff_pin",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        _of_person("staff_pin"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_staff_pin")),
    )
    op.create_table(
        "wrong_pins",
        sa.Column("device_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["shared_device.id"], name=op.f("fk_wrong_pins_device_id")),
        _of_person("wrong_pins"),
        sa.PrimaryKeyConstraint("device_id", "person_id", name=op.f("pk_wrong_pins")),
    )


def _widen_sessions() -> None:
    """Keep the sessions that are open: they were opened by a password, under the laxest limits."""
    op.add_column("staff_session", sa.Column("way", sa.String(length=64), nullable=True))
    op.add_column("staff_session", sa.Column("reference", sa.String(length=200), nullable=True))
    op.add_column("staff_session", sa.Column("shared_device_id", sa.UUID(), nullable=True))
    op.add_column("staff_session", sa.Column("strictness", sa.Integer(), nullable=True))
    op.add_column("staff_session", sa.Column("idle_seconds", sa.Integer(), nullable=True))
    op.add_column("staff_session", sa.Column("proven_at", _INSTANT, nullable=True))
    op.execute("update staff_session set way = 'local', strictness = 0, idle_seconds = 43200, proven_at = created_at")
    for column in ("way", "strictness", "idle_seconds", "proven_at"):
        op.alter_column("staff_session", column, nullable=False)
    op.create_foreign_key(
        op.f("fk_staff_session_shared_device_id"), "staff_session", "shared_device", ["shared_device_id"], ["id"]
    )
    op.create_index(op.f("ix_staff_session_shared_device_id"), "staff_session", ["shared_device_id"])
    op.create_index(
        op.f("ix_staff_session_reference"),
        "staff_session",
        ["way", "reference"],
        postgresql_where=sa.text("reference is not null"),
    )


def _of_person(table: str, column: str = "person_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    # A PIN's session would become one without limits.
    op.execute("delete from staff_session where shared_device_id is not null")
    op.drop_index("ix_staff_session_reference", "staff_session")
    for column in ("way", "reference", "shared_device_id", "strictness", "idle_seconds", "proven_at"):
        op.drop_column("staff_session", column)
    for table in _NEW_TABLES:
        op.drop_table(table)
    op.drop_table("shared_device")
    op.drop_column("local_account", "must_change")
