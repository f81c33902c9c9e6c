"""What is a secret, in one place: for recordings, transcripts, what is printed, and the gates.

A secret is told by its name (`api_key`, `X-Amz-Credential`), by its form (`ghp_...`), both of which
`secrets.toml` lists; or because it is known, from the environment or from the headers of an
exchange. An id, a hash or a number is not a secret, and stays.
"""

from helpers.secrets.data import hide_in_data, hide_in_form, hide_in_query
from helpers.secrets.known import hide, hide_known, hider, known_secrets, writings
from helpers.secrets.names import SECRET, is_id_name, is_secret_name
from helpers.secrets.texts import PAT, SHAPES, hide_in_text, is_public, stand_in

__all__ = [
    "PAT",
    "SECRET",
    "SHAPES",
    "hide",
    "hide_in_data",
    "hide_in_form",
    "hide_in_query",
    "hide_in_text",
    "hide_known",
    "hider",
    "is_id_name",
    "is_public",
    "is_secret_name",
    "known_secrets",
    "stand_in",
    "writings",
]
