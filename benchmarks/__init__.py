"""What the core costs and how well its word holds. It is used by itself, as `core`."""

from pathlib import Path
import sys

sys.path.append(str(Path(__file__).parent.parent / "custom_components" / "air_baseline"))
