"""The simulated model: `model.answer` is the only door."""
