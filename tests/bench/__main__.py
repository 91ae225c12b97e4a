"""`make bench`: all figures with their goals. Ends with 0 also where one is missed: the machine may be busy."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.bench import latency, single, throughput
from tests.bench.figures import load

RUNS = 5


def main() -> None:
    print(f"before: {load()}")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        figures = single.matching(data)
        figures += asyncio.run(single.start(data))
        figures += asyncio.run(single.memory(data))
        figures += asyncio.run(latency.measure(data))
        figures += asyncio.run(throughput.compare(data, RUNS))
    print("\n".join(map(str, figures)))
    print(f"after: {load()}")


main()
