"""Finds plug-ins by their being there; a duplicate name or a module that does not import is an error."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def discover(package: ModuleType, attribute: str, kinds: tuple[type[T], ...]) -> dict[str, T]:
    """Every `attribute` of the package's modules by its `name`; each is of one of the `kinds`.

    Raises TypeError for a module without it, ValueError for a repeated name, ImportError for a broken module.
    """
    found: dict[str, T] = {}
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        plugin = getattr(module, attribute, None)
        if not isinstance(plugin, kinds):
            raise TypeError(f"{module.__name__} must declare {attribute} = {kinds[0].__name__}(…)")
        name = getattr(plugin, "name", None)
        if not isinstance(name, str) or name in found:
            raise ValueError(f"{module.__name__} declares the name {name!r}, which another module has already")
        found[name] = plugin
    return found
