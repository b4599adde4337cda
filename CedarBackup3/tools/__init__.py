"""The tools: a module each, each with a `TOOL` record and a `cli` entry point."""
