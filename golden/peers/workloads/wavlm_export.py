"""Exports a WavLM of one input length to ONNX, with the output it should have.

    python -m workloads.wavlm_export MODEL OUT WAVEFORM.npy     # OUT/model.onnx, its weights, and OUT/output.npy

MODEL is a Hugging Face folder. Uses PyTorch's exporter over torch.export.
"""
import contextlib
import sys

import numpy as np

from workloads.sound import import_torchaudio


def load(folder):
    """The model in `folder`, all of whose weights must be there."""
    with contextlib.suppress(ImportError):
        import_torchaudio()  # transformers imports it too, where it is installed
    from transformers import WavLMModel, logging
    logging.disable_progress_bar()
    network, found = WavLMModel.from_pretrained(folder, output_loading_info=True)
    # It stands for masked frames in pretraining, and has no part in the forward pass.
    missing = set(found["missing_keys"]) - {"masked_spec_embed"}
    if missing:
        raise ValueError(f"{folder} lacks {', '.join(sorted(missing))}")
    return network.eval()


def export(folder, out, waveform):
    import torch
    network = load(folder)
    x = torch.from_numpy(waveform)
    with torch.inference_mode():
        np.save(f"{out}/output.npy", network(x).last_hidden_state.numpy())
    network.config.return_dict = False
    torch.onnx.export(network, (x,), f"{out}/model.onnx", dynamo=True, external_data=True)


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2], np.load(sys.argv[3]))
