"""Same scenario, strategy and seed: the same bytes, whatever the process and its hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """
import sys
sys.path.insert(0, "tests")
from pathlib import Path
from stories import deployment, rehearse, scenario
story = scenario(Path(sys.argv[1]), deployment(replicas=4), faults=("leak:new:3MiB/s",))
for strategy in (None, "Recreate", "RollingUpdate"):
    print(story.digest, rehearse(story, strategy, seed=11).digest())
"""


def digests(place: Path, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", SCRIPT, str(place)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_another_process_and_hash_seed_give_the_same_bytes(tmp_path):
    first, second = (digests(tmp_path, hash_seed) for hash_seed in ("1", "4242"))

    assert first == second
    assert 3 == len(set(first.splitlines()))
