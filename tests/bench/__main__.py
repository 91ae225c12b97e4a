"""`make bench`: all figures with their goals. Ends with 0 also where one is missed: the machine may be busy.

Measures each database that is named behind it, all of them where none is: `python -m tests.bench sqlite`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import databases, latency, single, throughput
from tests.bench.figures import load

RUNS = 5


def main() -> None:
    print(f"before: {load()}")
    with tempfile.TemporaryDirectory() as folder, databases.chosen(sys.argv[1:] or databases.NAMES) as measured:
        data = Path(folder)
        figures = single.matching(data)
        figures += asyncio.run(single.start(data))
        figures += asyncio.run(single.memory(data))
        for name, database in measured.items():
            figures += asyncio.run(latency.measure(data, name, database))
        figures += asyncio.run(throughput.compare(data, RUNS, measured))
    print("\n".join(map(str, figures)))
    print(f"after: {load()}")


main()
