"""The cells of a small grid, worked off by Reprise with one job on one thread; size: cells.

- one-job: the run that the jobs on all threads work off, by `reprise cell RUN --jobs 1 --threads 1`. How many times
  as long it takes is the throughput that the jobs gain. Linking the run's files anew is part of the work for both.
"""
import os
import shutil
import subprocess


def prepare(job):
    with open(f"{job.inputs}/program") as file:
        program = file.read()
    prepared, run = f"{job.inputs}/prepared-{job.size}", f"{job.inputs}/run"

    def work():
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(prepared, run, copy_function=os.link)
        subprocess.run([program, "cell", run, "--jobs", "1", "--threads", "1", "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
    return work
