"""What several tools share that takes both `cli` and `amazons3`, which do not see each other."""
