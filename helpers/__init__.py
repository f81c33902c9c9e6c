"""What the tutorial's notebooks need beside the code that they teach.

A notebook imports `use_endpoint` from here, and the rest from the module that is named after it.
"""

from helpers.endpoint import use_endpoint

__all__ = ["use_endpoint"]
