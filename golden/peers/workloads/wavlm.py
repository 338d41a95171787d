"""The forward pass of WavLM on one recording, float32, weights from DIR/model; size: seconds of audio.

For Reprise's int16 there are float32 and PyTorch's own integers.

The same checkpoint and samples as Reprise, to the last hidden state; the samples are not normalised.
- transformers: WavLMModel as it comes, under inference_mode. It has one implementation of WavLM's attention: the
  bias rules out scaled_dot_product_attention.
- transformers-compile: the same model under `torch.compile`.
- transformers-int8: the same model with `quantize_dynamic`: the feed-forward blocks in 8-bit integers, the rest as
  it is, for transformers' WavLM reads its attention's weights as tensors. How far its frames are from float32 goes
  to standard error.
- onnxruntime: the same model exported for this length by wavlm_export.py, in a process of its own so that its
  memory is not counted here. The session is as it comes, all optimisations on; its output must be within 1e-3 of
  the model's.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

from workloads import wavlm_export
from workloads.inputs import Refusal, array, expect


def with_transformers(job, waveform, compiles):
    import torch
    torch.set_num_threads(job.threads)
    network = wavlm_export.load(f"{job.inputs}/model")
    x = torch.from_numpy(waveform)
    forward = torch.compile(network) if compiles else network

    @torch.inference_mode()
    def work():
        return forward(x).last_hidden_state
    return work


def with_int8(job, waveform):
    import torch
    torch.set_num_threads(job.threads)
    network = wavlm_export.load(f"{job.inputs}/model")
    x = torch.from_numpy(waveform)
    with torch.inference_mode():
        exact = network(x).last_hidden_state
    blocks = {name: torch.ao.quantization.default_dynamic_qconfig
              for name, module in network.named_modules()
              if ".feed_forward." in name and isinstance(module, torch.nn.Linear)}
    network = torch.ao.quantization.quantize_dynamic(network, blocks, dtype=torch.qint8)

    @torch.inference_mode()
    def work():
        return network(x).last_hidden_state
    off = (work() - exact).norm() / exact.norm()
    print(f"int8 off by {off:.1e} of the norm", file=sys.stderr)
    return work


def with_onnxruntime(job, waveform):
    import onnxruntime
    import onnxscript  # noqa: F401, needed by the export
    with tempfile.TemporaryDirectory() as folder:
        inputs = os.path.abspath(job.inputs)
        command = [sys.executable, "-B", "-m", "workloads.wavlm_export", f"{inputs}/model", folder]
        done = subprocess.run([*command, f"{inputs}/waveform.npy"], stderr=subprocess.PIPE, text=True,
                              cwd=os.path.dirname(os.path.dirname(__file__)))
        if done.returncode != 0:
            raise Refusal("no export to ONNX: " + (done.stderr.strip().splitlines() or ["killed"])[-1])
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads, settings.inter_op_num_threads = job.threads, 1
        session = onnxruntime.InferenceSession(f"{folder}/model.onnx", settings, ["CPUExecutionProvider"])
        exact = np.load(f"{folder}/output.npy")
    name = session.get_inputs()[0].name

    def work():
        return session.run(None, {name: waveform})[0]
    difference = np.abs(work() - exact).max()
    if not difference <= 1e-3:
        raise Refusal(f"the exported model is off by {difference:.1e}, more than 1e-3")
    print(f"exported model off by {difference:.1e}", file=sys.stderr)
    return work


def prepare(job):
    waveform = array(job, "waveform")
    expect(waveform.shape, (1, 16000 * job.size), "samples")
    if job.peer == "onnxruntime":
        return with_onnxruntime(job, waveform)
    if job.peer == "transformers-int8":
        return with_int8(job, waveform)
    return with_transformers(job, waveform, job.peer == "transformers-compile")
