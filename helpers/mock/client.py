"""The HTTP library that the `openai` package brings: httpx2 from its version 3 on, httpx before."""

try:
    import httpx2 as httpx
except ImportError:
    import httpx  # type: ignore[no-redef]

__all__ = ["httpx"]
