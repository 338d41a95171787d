"""One step of training the paper's head on given frames of WavLM-Large's width; size: frames an utterance.

The same as Reprise with the paper's values: 16-head self-attention with residual, pooling by a query, context
broadcasting for the contrastive branch, embedding of 64, 4 classes, all four losses, Adam without decay for the
network and at a rate of its own for the centers, batches of 16 of one length; no dropout, no clipping, and no
gradient for the frames, whose backbone is frozen. Weights start elsewhere.
- torch: eager; attention runs in scaled_dot_product_attention.
- torch-compile: `torch.compile` of network and loss together.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from workloads.inputs import array, expect
from workloads.learning import multi_loss, optimisers, smoothed, take_step

WIDTH, HEADS, EMBEDDING, CLASSES = 1024, 16, 64, 4


class Head(nn.Module):
    """From frames x [B, T, 1024] to embeddings, logits, and unit vectors to contrast."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.query = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.projection, self.classifier = nn.Linear(WIDTH, EMBEDDING), nn.Linear(EMBEDDING, CLASSES)

    def forward(self, x):
        h = x + self.attention(x, x, x, need_weights=False)[0]
        weights = (h @ self.query).softmax(1)
        z = (weights.unsqueeze(-1) * h).sum(1)
        f = self.projection(z)
        return f, self.classifier(f), F.normalize(self.projection((z + h.mean(1)) / 2), dim=1)


def loss(head, centers, x, y):
    return multi_loss(*head(x), centers, y, smoothed(y, CLASSES, 0))


def prepare(job):
    torch.set_num_threads(job.threads)
    torch.manual_seed(0)
    head, centers = Head(), nn.Parameter(torch.randn(CLASSES, EMBEDDING))
    both = optimisers(head, centers, decay=0)
    objective = torch.compile(loss) if job.peer == "torch-compile" else loss
    y = torch.from_numpy(array(job, "labels", "int64"))
    x = torch.from_numpy(array(job, "frames")).view(len(y), -1, WIDTH)
    expect(x.shape[1], job.size, "frames")
    return lambda: take_step(objective(head, centers, x, y), both)
