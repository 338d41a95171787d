"""The figures of a report on two systems; size: systems, and only 2.

The figures of report_figures.py, whose docstring says what they are and what is left out. Files go to a
temporary folder and are written over by each repeat.
- matplotlib: quick, labels may lie over each other.
- matplotlib-constrained: its constrained layout keeps labels apart, as Reprise does.
"""
import tempfile

from workloads.inputs import Refusal


def prepare(job):
    if job.size != 2:
        raise Refusal(f"figures of {job.size} systems, only those of 2 are drawn")
    from workloads import report_figures
    layout = "constrained" if job.peer == "matplotlib-constrained" else "none"
    folder = tempfile.TemporaryDirectory()
    return lambda: report_figures.draw(folder.name, layout)
