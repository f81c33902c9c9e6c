"""What keeps the notebooks true: the registry that lists them, and how they are run and checked."""
