"""Pictures: drawn from a prompt, seen as a recogniser sees them, described in words."""
