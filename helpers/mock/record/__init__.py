"""Exchanges with a real backend: recorded, scrubbed, replayed, and compared with the mock's."""
