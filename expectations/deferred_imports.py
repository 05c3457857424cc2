"""Leaving out of Great Expectations' import what nothing here uses.

It imports SciPy's statistics and a drawing library for expectations no rule is run as: a third of
the seconds its import takes. Each is stood in for while Great Expectations is imported, and
imported in earnest when something is asked of it. A test holds that both still work.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands where a module was imported; the module is imported when it is first used."""

    def __getattr__(self, attribute: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), attribute)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """Import modules only when they are used, where they are imported in this context.

    What is imported after it gets the modules themselves.

    Args:
        names: Modules, in full; one that was imported before stays as it is.
    """
    stand_ins = {name: _Deferred(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
