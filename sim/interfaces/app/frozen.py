"""What is loaded stays: it is kept out of every garbage collection.

Streamlit collects garbage after each view and each refresh. With all its libraries in the heap that
takes some 80 ms a time, and twelve pages that refresh themselves stand still; without, one or two.
Libraries are loaded late, by the first page that needs them, so this looks again after each view.
"""

from __future__ import annotations

import gc
import sys
import threading

_LOCK = threading.Lock()
_SEEN = 0  # How many modules there were when the heap was frozen.


def freeze_what_is_loaded() -> None:
    """Freeze the heap if any module has been loaded since it was frozen."""
    global _SEEN
    with _LOCK:
        if len(sys.modules) == _SEEN:
            return
        _SEEN = len(sys.modules)
    gc.collect()
    gc.freeze()
