"""The program's log: one logger for all modules, which `observe` sets up."""

import sys
from typing import Any

if "rich" not in sys.modules:
    # structlog would load it, 5 MB in every process, to draw tracebacks in colour; ours are plain
    sys.modules["rich"] = None  # pyright: ignore[reportArgumentType]
    import structlog

    del sys.modules["rich"]
else:
    import structlog

__all__ = ["log", "structlog"]

log: Any = structlog.get_logger()
