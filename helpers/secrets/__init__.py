"""What is a secret, in one place: for recordings, transcripts, what is printed, and the gates.

A secret is told by its name (`api_key`, `X-Amz-Credential`), by its form (`ghp_...`), both of which
`secrets.toml` lists; or because it is known, from the environment or from the headers of an
exchange. An id, a hash or a number is not a secret, and stays.
"""

from helpers.secrets.data import hide_in_data, hide_in_query
from helpers.secrets.names import SECRET, is_id_name, is_secret_name, known_secrets
from helpers.secrets.texts import PAT, SHAPES, hide, hide_in_text, hider, is_public
from helpers.secrets.writing import hide_known, writings

__all__ = [
    "PAT", "SECRET", "SHAPES", "hide", "hide_in_data", "hide_in_query", "hide_in_text",
    "hide_known", "hider", "is_id_name", "is_public", "is_secret_name", "known_secrets", "writings",
]  # fmt: skip
