"""What docs/channels.md tells partners to type works, line by line, from top to bottom."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from retail.access.channel_kinds import KINDS
from tests.support.chain import Chain
from tests.support.environment import MASTER_KEYS, clean_environment

ROOT = Path(__file__).resolve().parents[3]
HANDBOOK = ROOT / "docs" / "channels.md"
TABLE = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]*) \|([^|]*)\|$", re.MULTILINE)


async def test_every_line_of_shell_in_the_handbook_works(chain: Chain, tmp_path: Path) -> None:
    riverside = await chain.open_store("Riverside")
    blocks = re.findall(r"```bash\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)
    ours = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m api"
    script = "".join(blocks).replace("python3 x.py trueshelf", ours)
    assert len(blocks) >= 8

    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],  # noqa: S607 -- as a partner's programmer would
        cwd=tmp_path,
        env=clean_environment(
            SITE=chain.server,
            STORE=riverside.code,
            TRUESHELF_DATABASE_URL=chain.database_url,
            TRUESHELF_MASTER_KEYS=MASTER_KEYS,
        ),
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_table_of_kinds_in_the_handbook_is_the_table() -> None:
    rows = TABLE.findall(HANDBOOK.read_text(encoding="utf-8"))
    told = {kind: (set(re.findall(r"`([\w:]+)`", gets)), also) for kind, gets, also in rows}

    assert set(told) == set(KINDS)
    for kind, rule in KINDS.items():
        gets, also = told[kind]
        assert gets == set(rule.needs), kind
        if kind != "other":
            assert set(re.findall(r"`([\w:]+)`", also)) == set(rule.may_have - rule.needs), kind
