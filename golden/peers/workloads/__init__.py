"""The work that bench.py measures, one file for each area.

Each file has `prepare(job)`, which reads the inputs and returns a function that does the work once. A job has
workload, peer, inputs (a folder), size and threads.
"""
