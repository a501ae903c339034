"""A generated file: written, or compared with what would be written."""
import sys
from pathlib import Path


def write_or_check(page: Path, text: str) -> None:
  """Writes `text`; with --check among the arguments only says whether `page`
  holds it already, and leaves with status 1 if not."""
  tool = Path(sys.argv[0]).name
  if "--check" not in sys.argv[1:]:
    page.write_text(text, encoding="utf-8")
    return
  if not page.exists() or page.read_text(encoding="utf-8") != text:
    raise SystemExit(f"{page} is stale; run tools/{tool}")
  print(f"{page} is fresh")
