"""The APIs below the base URL, one module each, and what they share."""
