"""Batches as PyTorch knows them: sequences of unequal length side by side, padded, with a mask. Reprise
packs the frames of a batch end to end; the two are turned into each other here."""
import torch

GARBAGE = 1e3  # what padding holds where a mask must keep it out


def tensor(array):
    return torch.tensor(array, dtype=torch.float64)


def leaf(array):
    """A float64 tensor whose gradient is wanted."""
    return tensor(array).requires_grad_()


def mask(lengths):
    """[S, T]: whether there is a frame."""
    return torch.arange(max(lengths))[None] < torch.tensor(list(lengths))[:, None]


def pad(rows, lengths, fill=GARBAGE):
    """[N, D] -> [S, T, D], `fill` in the padding."""
    there = mask(lengths)
    padded = torch.full((*there.shape, rows.shape[1]), float(fill), dtype=rows.dtype)
    return padded.index_put(there.nonzero(as_tuple=True), rows)


def unpad(padded, lengths):
    """[S, T, ...] -> [N, ...]."""
    return padded[mask(lengths)]


def shortened(lengths, stride):
    """Frames that are left after a convolution."""
    return [-(-n // stride) for n in lengths]


def convolved(convolution, padded, lengths):
    """A convolution of padded sequences [S, T, I], zeros beyond their ends: [S, T', O] and the lengths."""
    zeroed = torch.where(mask(lengths)[..., None], padded, 0.0)
    return convolution(zeroed.transpose(1, 2)).transpose(1, 2), shortened(lengths, convolution.stride[0])
