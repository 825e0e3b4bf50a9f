"""What the core costs, and how well it keeps its word. It is imported on its own, as `core`."""

from pathlib import Path
import sys

sys.path.append(str(Path(__file__).parent.parent / "custom_components" / "air_baseline"))
