"""The exercises' checks: a module for each notebook, named like it without its number.

How to write one: `helpers.checks`.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
