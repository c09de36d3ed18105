"""The builder's work in pure jobs: each reads its plan and writes one result.

A job is fully said by the settings and its plan (a JSON file), so any worker, thread,
process or machine may do it, and the bytes are the same. Its receipt (a JSON file too)
is written last: a job without one was not finished.
"""

import dataclasses
import os
from collections.abc import Callable
from typing import Any

from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import read_hashed_json, read_json, write_json
from tfrecords_builder.jobs import scanning, shards

# Plans and receipts lie here, below --out. They are what makes a build that was
# stopped go on, and they may be deleted when it is finished.
FOLDER = ".build"


@dataclasses.dataclass(frozen=True)
class Job:
    """One piece of work. `kind` is scan, images or masks; `name` is its result's."""

    kind: str
    name: str
    config: BuildConfig

    @property
    def plan_path(self) -> str:
        """Where its plan lies."""
        return os.path.join(self.config.out, FOLDER, f"{self.name}.plan.json")

    @property
    def receipt_path(self) -> str:
        """Where its receipt will lie."""
        return os.path.join(self.config.out, FOLDER, f"{self.name}.json")

    def plan(self, content: Any) -> str:
        """Writes the plan; returns its digest, which the receipt will repeat."""
        return write_json(self.plan_path, content)

    def run(self, count: Callable[[int], None]) -> None:
        """Does the work; `count(n)` is called as n more pictures are done."""
        plan, digest = read_hashed_json(self.plan_path)
        work = {
            "scan": scanning.scan,
            "images": shards.write_images,
            "masks": shards.write_masks,
        }[self.kind]
        receipt = work(self.config, self.name, plan, count)
        write_json(self.receipt_path, {**receipt, "plan": digest})

    def receipt(self) -> dict[str, Any]:
        """What the finished job reported; empty before."""
        return read_json(self.receipt_path) or {}
