"""WavLM, HuBERT and wav2vec 2.0 against transformers in float64: every hidden state of waveforms of unequal
lengths, their weighted sum, and for WavLM the gradient of a scalar with respect to every trained parameter."""
import numpy as np
import torch
from transformers import Wav2Vec2FeatureExtractor
from transformers.models.wavlm.modeling_wavlm import WavLMAttention

from . import checkpoints
from .fixture import Fixture

LENGTHS = [9600, 5333, 400, 7777]  # samples at 16 kHz; 400 are one frame
SHORTER = [5200, 399 + 320 * 6, 3777]
STATE, GRADIENT = 128, 512
ELEVEN_BITS = 2 ** 12  # a rounding to 11 bits, in roundings to float32
TENSOR_CORES = {"gpu-3xtf32": (STATE, "3xtf32"), "gpu-tf32": (32 * ELEVEN_BITS, "tf32")}
PROVES = (
    "WavLM, HuBERT and wav2vec 2.0, with layer- and group-normalised feature encoders (norms before and after "
    "attention), read from files of save_pretrained and torch.save: every hidden state of utterances of unequal "
    "lengths, of which the last is last_hidden_state, and their softmax-weighted sum; layer-normalised ones as "
    "transformers computes them in a padded batch with its attention mask, group-normalised ones one utterance at "
    "a time, because their statistics see padding. WavLM also: the gradient of a scalar with respect to every "
    "parameter but the feature encoder's (which is never trained) and masked_spec_embed (which no output depends "
    "on), and of those that layers from 1 on train (their activations computed twice); the buckets of relative "
    "positions at WavLM's own sizes. On a device also the states in gpu-3xtf32 and gpu-tf32, each with its own tolerance")
REASONS = {
    "state": "float32 through seven convolutions, a position convolution and the transformer; each step adds a few "
             "roundings of its greatest element and norms pass them on. PyTorch's own float32 uses up to 50 of these "
             "128. The bound is 8e-6 of an element and 8e-6 of the greatest one",
    "3xtf32": "products of tensor cores in three parts lose less than the sums of float32, and all else is float32: its "
              "bound of 128 roundings. The CPU in the place of a GPU uses up to 34 of them",
    "tf32": "the factors of every product are rounded to 11 bits: 32 such roundings, of an element and of the greatest "
            "one, through convolutions and transformer. The CPU in the place of a GPU uses up to 14 of them",
    "gradient": "back through the same layers, then summed over the frames of all utterances; PyTorch's own float32 "
                "uses up to 90 of these 512. The bound is 3e-5 of an element and 3e-5 of the greatest element of "
                "that parameter's gradient",
    "gate": "as for gradients; a score's gradient is what is left when the mean of its softmax is taken off, and the "
            "gate's is a sum of those over all distances: the query bias's gradient has the scale of what is summed",
    "key bias": "its gradient is 0: it moves all scores of a query alike. What is left are roundings, of which "
                "the query bias's gradient has the scale",
    "count": "a count of frames",
    "bucket": "a place in a table; no distance lies within single precision of the edge of a bucket",
}


def waveforms(random, lengths):
    """A note of another loudness and timbre every 50 ms, and silence: neither of mean 0 nor of variance 1."""
    def one(number, length):
        t = np.arange(length) / 16000
        x = np.full(length, 0.05 * number)
        for start in range(0, length, 800):
            note = slice(start, start + 800)
            x[note] += random.uniform(0.005, 0.1) * random.normal(size=len(t[note]))
            for hertz in random.uniform(100, 5000, size=2):
                x[note] += random.uniform(0.02, 0.4) * np.sin(2 * np.pi * hertz * t[note])
        x[length // 3:length // 3 + 700 * (number % 2)] = 0
        return x * (1.5e-3 if number == 3 else 1)  # so quiet that the 1e-7 beside the variance matters
    return [one(number, length) for number, length in enumerate(lengths)]


def padded_batch(tiny, waves):
    """What the processor hands to the model: input_values and attention_mask, in float64."""
    mask = np.zeros((len(waves), max(map(len, waves))), dtype=np.int64)
    values = np.zeros(mask.shape)
    for row, wave in enumerate(waves):
        mask[row, :len(wave)] = 1
        values[row, :len(wave)] = wave
    if tiny.normalizes or (tiny.normalizes is None and tiny.norm == "layer"):
        values = np.stack(Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm(list(values), mask))
    return torch.tensor(values), torch.tensor(mask)


def hidden_states(model, tiny, waves):
    """Every hidden state of the valid frames of all utterances, packed: a list of [N, D], and the frames of
    each utterance. Layer-normalised encoders take the padded batch with its mask. Group normalisation sees
    padding, so these encoders get each utterance alone, as their processor's documentation asks."""
    values, mask = padded_batch(tiny, waves)
    frames = model._get_feat_extract_output_lengths(mask.sum(1)).tolist()
    padded = every_state(model(values, attention_mask=mask, output_hidden_states=True), tiny)
    alone = [every_state(model(values[i:i + 1, :len(wave)], output_hidden_states=True), tiny)
             for i, wave in enumerate(waves)]
    masked = [torch.cat([state[i, :n] for i, n in enumerate(frames)]) for state in padded]
    single = [torch.cat([states[layer][0] for states in alone]) for layer in range(len(padded))]
    apart = max((a - b).abs().max().item() for a, b in zip(masked, single))
    assert apart < 1e-11 if tiny.norm == "layer" else apart > 1e-3, (tiny.name, apart)
    return (masked if tiny.norm == "layer" else single), frames


def every_state(outputs, tiny):
    """The states h_0 to h_L, of which the last is last_hidden_state. transformers 5 gives another hidden_states[-1]
    where norms stand before attention: the last layer's output before the norm behind it."""
    assert (outputs.hidden_states[-1] is outputs.last_hidden_state) == (tiny.norm == "group")
    return [*outputs.hidden_states[:-1], outputs.last_hidden_state]


def bare(name):
    """A parameter's name as the product has it."""
    for new, old in checkpoints.OLD.items():
        name = name.replace(new, old)
    return name


def stored(fixture, tiny, files):
    """Parameters of a case that name the checkpoint's files."""
    paths = [tiny.name.replace(" ", "-") + "/" + name for name in files]
    for path, data in zip(paths, files.values()):
        if path not in fixture.files:
            fixture.file(path, data)
    return {"files": len(paths), **{f"file{i}": path for i, path in enumerate(paths)}}


def inputs(case, random, lengths, states):
    """Stores the waveforms end to end, their lengths and the layers' weights; returns them."""
    waves = waveforms(random, lengths)
    packed = case.input("samples", np.concatenate(waves))
    case.input("lengths", lengths, np.int64)
    layers = torch.tensor(case.input("layerWeights", random.normal(size=states)), requires_grad=True)
    return np.split(packed, np.cumsum(lengths)[:-1]), layers


def weighted(states, layers):
    return sum(share * state for share, state in zip(layers.softmax(0), states))


def states_case(fixture, tiny, model, files):
    random = fixture.random("states", tiny.name)
    case = fixture.case(tiny.name, "states", **stored(fixture, tiny, files))
    waves, layers = inputs(case, random, LENGTHS, model.config.num_hidden_layers + 1)
    with torch.no_grad():
        states, frames = hidden_states(model, tiny, waves)
        case.expect_equal("frames", frames, "count")
        for number, state in enumerate(states):
            case.expect_single(f"state{number}", state.numpy(), STATE, "state", arithmetics=TENSOR_CORES)
        case.expect_single("weighted", weighted(states, layers).numpy(), STATE, "state", arithmetics=TENSOR_CORES)


def trained(name, first, tiny):
    """Whether a parameter is trained when layers from `first` on are."""
    if name.startswith("encoder.layers."):
        return int(name.split(".")[2]) >= first
    if name.startswith("encoder.layer_norm."):  # behind the last layer, or before the first
        return first == 0 or tiny.norm == "layer"
    return first == 0 and not name.startswith(("feature_extractor.", "masked_spec_embed"))


def gradient_case(fixture, tiny, model, files, first):
    random = fixture.random("gradient", tiny.name)  # the same inputs whichever layers are trained
    name = tiny.name + (" gradient" if first == 0 else f" gradient from layer {first}")
    case = fixture.case(name, "gradient", firstTrainedLayer=first, recomputes=first > 0,
                        **stored(fixture, tiny, files))
    waves, layers = inputs(case, random, SHORTER, model.config.num_hidden_layers + 1)
    model.zero_grad()
    states, _ = hidden_states(model, tiny, waves)
    output = weighted(states, layers)
    seed = torch.tensor(case.input("seed", random.normal(size=tuple(output.shape))))
    (seed * output).sum().backward()
    case.expect_single("weighted", output.detach().numpy(), STATE, "state")
    gradients = {bare(n): p.grad.numpy() for n, p in model.named_parameters() if p.grad is not None}
    gradients = {n: g for n, g in gradients.items() if trained(n, first, tiny)}
    gradients["layer_weights"] = layers.grad.numpy()[:, None]
    for name, gradient in gradients.items():
        case.expect_single("gradient." + name, gradient, GRADIENT, *scale(name, gradients))


def scale(name, gradients):
    """Why the tolerance of a gradient is as wide as it is, and the magnitude that it goes by."""
    own, layer = np.abs(gradients[name]).max(), name.partition(".attention.")[0]
    for part, reason in [("k_proj.bias", "key bias"), ("gru_rel_pos", "gate")]:
        if part in name:
            return reason, max(own, np.abs(gradients[layer + ".attention.q_proj.bias"]).max())
    return "gradient", own


def buckets_case(fixture, name, count, greatest):
    """The bucket of every distance in a batch of 24 s, as WavLM's attention finds it."""
    attention = WavLMAttention(2, 1, num_buckets=count, max_distance=greatest)
    case = fixture.case(name, "buckets", buckets=count, greatestDistance=greatest)
    offsets = torch.tensor(case.input("offsets", np.arange(-1200, 1201), np.int64))
    case.expect_equal("buckets", attention._relative_positions_bucket(offsets).numpy(), "bucket")


def make(name, module, seed):
    fixture = Fixture(name, PROVES, ["transformers", "torch", "numpy"], module, seed)
    for reason, text in REASONS.items():
        fixture.reason(reason, text)
    buckets_case(fixture, "buckets of WavLM's sizes", 320, 800)
    buckets_case(fixture, "buckets of a small table", 12, 40)
    for tiny in checkpoints.TINY:
        files = checkpoints.saved(tiny, fixture.random("weights", tiny.name))
        model = checkpoints.loaded(tiny, files)
        states_case(fixture, tiny, model, files)
        if tiny.family == "wavlm":
            gradient_case(fixture, tiny, model, files, 0)
            gradient_case(fixture, tiny, model, files, 1)
    return fixture


FIXTURES = [("pretrained", make)]
