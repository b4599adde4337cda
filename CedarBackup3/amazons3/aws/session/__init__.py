"""One aws process that answers many questions: a plugin that aws loads, and the client of it."""
