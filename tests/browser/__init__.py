"""The notebooks in a real browser; run by `make browser` and `make site-check`."""
