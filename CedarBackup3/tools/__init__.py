"""The tools: a module each, each with a `TOOL` record and a `cli` entry point; and the package of what they share."""

from __future__ import annotations


def toolModules() -> list[str]:
    """The full name of each tool's module."""
    import pkgutil

    return [f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__) if not module.ispkg]
