"""What docs/shelves.md tells the maker of an RFID reader to type works, line by line."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import orjson

from tests.support.chain import Chain
from tests.support.environment import MASTER_KEYS, clean_environment

ROOT = Path(__file__).resolve().parents[3]


async def test_a_reader_posts_what_it_heard_as_the_page_says(chain: Chain, tmp_path: Path) -> None:
    riverside = await chain.open_store("Riverside")
    (block,) = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "shelves.md").read_text(encoding="utf-8"), re.DOTALL)
    ours = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m api"

    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", block.replace("python3 x.py trueshelf", ours)],  # noqa: S607 -- as one would
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
    told = orjson.loads((tmp_path / "answer.json").read_bytes())["data"]["recordTagReads"]
    assert {each["gtin"]: each["tags"] for each in told["items"]} == {"02000000000015": 2}
    reads = "select count(*) from tag_read where store_id = $1 and reader_id = 'portal 1'"
    assert await chain.value(reads, riverside.id) == 2
