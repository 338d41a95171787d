"""Changes for references.py: fixture, file, code, its replacement, what it changes, and, where a change goes
unseen, the reason why. The code occurs once in its file."""

from .clusters import BOOTSTRAP, FIDELITY, INTERVALS
from .features import MIXUP, PROSODY, RECORDINGS, SPECTRA, UTTERANCES
from .networks import LOSSES, OPTIMIZER, PACKED, PRETRAINED, TAPE, TRAINING
from .sampling import BATCHES, DRAWN_BY_OTHERS, PERTURBATION, PROTOCOL, STREAMS
from .scores import INFERENCE, METRICS, PROJECTIONS

# Parts of a fixture that take long: file, code, what stands in for it, and which changes need the whole.
SHORTER = {"inference": [
    ("inference.py", '    clusters(fixture, 10, 4, 2, "ten speakers")\n', "", "never"),
    ("inference.py", 'clusters(fixture, 4, 7, 3, "four speakers")', 'clusters(fixture, 3, 2, 1, "three")',
     "cluster|weighted F1"),
    ("inference.py", '    clusters(fixture, 24, 8, 1, "twenty-four speakers, one seed")\n', "", "cluster|weighted F1"),
    ("inference.py", '("too confident", 12, 4, 3, 8, 480, 2.2, False), ', "", "Wilson|risk|coverage|temperatures")],
    "bootstrap": [
        ("clusters.py",
         'flips(fixture, "of 34 clusters, a little below a fifth", near_share(limits, 34, 0.165, 0.185))', "pass",
         "0.15|million"),
        ("clusters.py", "for g in (7, 16, 17, 20):", "for g in (7,):", "no sum"),
        ("clusters.py", '    bootstrap(fixture, "three speakers, three classes", 3, 3, 2, 25)\n', "", "bootstrap:"),
        ("clusters.py", '    bootstrap(fixture, "ten speakers, four classes, one seed", 10, 4, 1, 25)\n', "",
         "bootstrap:")]}


def of(file, changes):
    return [(fixture, file, *rest) for fixture, *rest in changes]


CHANGES = (of("recordings.py", RECORDINGS) + of("analysis.py", SPECTRA + PROSODY) + of("utterances.py", UTTERANCES)
           + of("mixup.py", MIXUP) + TAPE + LOSSES + of("optimizer.py", OPTIMIZER) + of("training.py", TRAINING)
           + of("pretrained.py", PRETRAINED) + of("packed.py", PACKED) + of("metrics.py", METRICS)
           + of("inference.py", INFERENCE) + of("projections.py", PROJECTIONS) + of("streams.py", STREAMS)
           + of("perturbation.py", PERTURBATION) + of("batches.py", BATCHES) + DRAWN_BY_OTHERS
           + of("protocol.py", PROTOCOL) + of("clusters.py", INTERVALS + BOOTSTRAP) + of("fidelity.py", FIDELITY))
