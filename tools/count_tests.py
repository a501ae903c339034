"""Prints how many tests ran, from the JUnit reports of ctest and pytest."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def counts(report: Path) -> tuple[int, int, int]:
    """Returns (run, failed, skipped) over all suites of a report."""
    run = failed = skipped = 0
    for suite in ElementTree.parse(report).iter("testsuite"):
        run += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return run, failed, skipped


def main(folder: str) -> None:
    for report in sorted(Path(folder).glob("*.xml")):
        run, failed, skipped = counts(report)
        print(f"  {report.stem:10} {run} tests: {failed} failed, "
              f"{skipped} skipped")


if __name__ == "__main__":
    main(sys.argv[1])
