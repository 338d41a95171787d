"""Checks the kernels of Sources/CDevice outside the program: on the CPU, by OpenCL, and broken.

    python golden/device.py check      # the CPU: both orders of items, against float64
    python golden/device.py opencl     # the same bits by OpenCL, such as PoCL's on a CPU
    python golden/device.py mutants    # breaks a line at a time; prints the table of docs/mutants.md

`check` and `mutants` need clang and numpy, and take seconds and about ten minutes. `opencl` needs
libOpenCL.so.1 and a device of any kind (Debian: pocl-opencl-icd). Each ends with 0 if all is well,
with 1 otherwise, and with 2 if something is not installed.
"""
import argparse
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import device_cases  # noqa: E402

SOURCES = os.path.join(HERE, "..", "Sources", "CDevice")
TAG = 1 << 62
HOST = """
#include <stdlib.h>
#include "kernels.h"
void *reprise_host_address(uint64_t device) {
  if (device && !(device >> 62)) abort();
  return (void *)(device & ~(1ull << 62));
}
"""


def stop(message):
    print(message, file=sys.stderr)
    sys.exit(2)


class Shim:
    """The kernels as the CPU runs them. Arrays end at memory that cannot be touched, or begin after
    it."""

    ORDERS = {"usual": 0, "reversed": 1, "forward": 2}

    class Kernel(ctypes.Structure):
        _fields_ = [("name", ctypes.c_char_p), ("module", ctypes.c_char_p),
                    ("items", ctypes.c_int), ("shared", ctypes.c_int),
                    ("signature", ctypes.c_char_p), ("body", ctypes.c_void_p)]

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        count = ctypes.c_int.in_dll(self.library, "reprise_kernel_count").value
        self.table = (self.Kernel * count).in_dll(self.library, "reprise_kernels")
        self.kernels = {k.name.decode(): k for k in self.table}
        self.system = ctypes.CDLL(None)
        self.system.mmap.restype = ctypes.c_void_p

    def guarded(self, array, low):
        """Returns the address of a copy of an array beside a page without access."""
        room = -(-array.nbytes // 4096) * 4096
        base = self.system.mmap(None, ctypes.c_size_t(room + 4096), 3, 0x22, -1, ctypes.c_long(0))
        ctypes.memset(base, 0xff, room + 4096)
        wall, place = (base, base + 4096) if low else (base + room, base + room - array.nbytes)
        self.system.mprotect(ctypes.c_void_p(wall), ctypes.c_size_t(4096), 0)
        ctypes.memmove(place, array.ctypes.data, array.nbytes)
        return place, (base, room + 4096)

    def run(self, case, order):
        places, maps = {}, []
        for name, array in case.arrays.items():
            places[name], mapped = self.guarded(array, order == "forward")
            maps.append(mapped)
        for name, grid, arguments in case.launches:
            kernel = self.kernels[name]
            values = [self.value(a, places) for a in arguments]
            pointers = (ctypes.c_void_p * len(values))(
                *[ctypes.cast(ctypes.pointer(v), ctypes.c_void_p) for v in values])
            self.library.reprise_shim_run(
                ctypes.byref(kernel), pointers, *map(ctypes.c_uint, grid), self.ORDERS[order])
        result = np.empty_like(case.arrays[case.output])
        ctypes.memmove(result.ctypes.data, places[case.output], result.nbytes)
        for base, size in maps:
            self.system.munmap(ctypes.c_void_p(base), ctypes.c_size_t(size))
        return result

    @staticmethod
    def value(argument, places):
        if argument is None:
            return ctypes.c_uint64(0)
        if isinstance(argument, tuple):
            return ctypes.c_uint64(places[argument[0]] + 4 * argument[1] | TAG)
        if isinstance(argument, str):
            return ctypes.c_uint64(places[argument] | TAG)
        return device_cases.number(argument)


class OpenCL:
    """The float32 kernels on the first device of the first platform."""

    def __init__(self):
        try:
            self.library = cl = ctypes.CDLL("libOpenCL.so.1")
        except OSError:
            stop("libOpenCL.so.1 is not installed (Debian: pocl-opencl-icd)")
        for name in ("clCreateContext", "clCreateCommandQueue", "clCreateBuffer",
                     "clCreateProgramWithSource", "clCreateKernel"):
            getattr(cl, name).restype = ctypes.c_void_p
        platform, count = ctypes.c_void_p(), ctypes.c_uint(0)
        cl.clGetPlatformIDs(1, ctypes.byref(platform), ctypes.byref(count))
        if count.value == 0:
            stop("OpenCL has no platform (Debian: pocl-opencl-icd)")
        self.device = ctypes.c_void_p()
        every = ctypes.c_ulong(0xffffffff)
        self.ok(cl.clGetDeviceIDs(platform, every, 1, ctypes.byref(self.device), None))
        text = ctypes.create_string_buffer(200)
        cl.clGetDeviceInfo(self.device, 0x102b, ctypes.c_size_t(200), text, None)
        self.name = text.value.decode()
        error = ctypes.c_int()
        self.context = ctypes.c_void_p(cl.clCreateContext(
            None, 1, ctypes.byref(self.device), None, None, ctypes.byref(error)))
        self.queue = ctypes.c_void_p(cl.clCreateCommandQueue(
            self.context, self.device, ctypes.c_ulong(0), ctypes.byref(error)))
        source = ctypes.c_char_p(b'#include "dialect.h"\n#include "kernels/float32.h"\n')
        self.program = ctypes.c_void_p(cl.clCreateProgramWithSource(
            self.context, 1, ctypes.byref(source), None, ctypes.byref(error)))
        options = f"-cl-fp32-correctly-rounded-divide-sqrt -I{os.path.abspath(SOURCES)}".encode()
        if cl.clBuildProgram(self.program, 1, ctypes.byref(self.device), options, None, None):
            log = ctypes.create_string_buffer(200000)
            cl.clGetProgramBuildInfo(
                self.program, self.device, 0x1183, ctypes.c_size_t(200000), log, None)
            print(log.value.decode(), file=sys.stderr)
            sys.exit(1)

    @staticmethod
    def ok(result):
        if result:
            raise RuntimeError(f"OpenCL: error {result}")

    def run(self, case, items):
        cl, error, buffers = self.library, ctypes.c_int(), {}
        for name, array in case.arrays.items():
            buffers[name] = ctypes.c_void_p(cl.clCreateBuffer(
                self.context, ctypes.c_ulong(1 | 32), ctypes.c_size_t(array.nbytes),
                array.ctypes.data_as(ctypes.c_void_p), ctypes.byref(error)))
            self.ok(error.value)
        for name, grid, arguments in case.launches:
            kernel = ctypes.c_void_p(
                cl.clCreateKernel(self.program, name.encode(), ctypes.byref(error)))
            self.ok(error.value)
            for place, argument in enumerate(arguments):
                if argument is None:
                    self.ok(cl.clSetKernelArg(kernel, place, ctypes.c_size_t(8), None))
                    continue
                value = buffers[argument] if isinstance(argument, str) \
                    else device_cases.number(argument)
                self.ok(cl.clSetKernelArg(
                    kernel, place, ctypes.c_size_t(ctypes.sizeof(value)), ctypes.byref(value)))
            size = (ctypes.c_size_t * 3)(grid[0] * items[name], *grid[1:])
            local = (ctypes.c_size_t * 3)(items[name], 1, 1)
            self.ok(cl.clEnqueueNDRangeKernel(
                self.queue, kernel, 3, None, size, local, 0, None, None))
        result = np.empty_like(case.arrays[case.output])
        self.ok(cl.clEnqueueReadBuffer(
            self.queue, buffers[case.output], 1, ctypes.c_size_t(0),
            ctypes.c_size_t(result.nbytes), result.ctypes.data_as(ctypes.c_void_p), 0, None, None))
        for buffer in buffers.values():
            cl.clReleaseMemObject(buffer)
        return result


def build(sources, folder, optimisation="-O2"):
    """Compiles the kernels for the CPU. Returns the library's path, or None."""
    if not shutil.which("clang"):
        stop("clang is not installed")
    host, library = os.path.join(folder, "host.c"), os.path.join(folder, "kernels.so")
    with open(host, "w") as file:
        file.write(HOST)
    run = subprocess.run(
        ["clang", optimisation, "-ffp-contract=off", "-std=gnu17", "-w", "-shared", "-fPIC",
         f"-I{sources}", "-o", library, host, f"{sources}/kernels.c", f"{sources}/shim.c",
         "-lpthread", "-lm"], capture_output=True, text=True)
    if run.returncode:
        print(run.stderr[:2000], file=sys.stderr)
        return None
    return library


def check(path, brief=False):
    """Runs all cases on the CPU. Returns the number of faults."""
    shim, faults = Shim(path), 0
    for case in device_cases.cases():
        usual, back = shim.run(case, "usual"), shim.run(case, "reversed")
        forward = shim.run(case, "forward")
        other = sum(int((a.view(np.int32) != b.view(np.int32)).sum())
                    for a, b in ((usual, back), (usual, forward)))
        error = case.error(usual)
        bad = other > 0 or not error <= case.bound
        faults += bad
        if brief and bad:
            return faults
        if not brief:
            print(f"{case.name:48} {'FAULT' if bad else 'ok':5} off float64 by {error:.1e}, "
                  f"{other} of {2 * usual.size} numbers of other bits", flush=True)
    return faults


def opencl(path):
    """Compares OpenCL with the CPU. Returns the number of cases of other bits."""
    shim, device, faults = Shim(path), OpenCL(), 0
    items = {name: kernel.items for name, kernel in shim.kernels.items()}
    modules = {name: kernel.module for name, kernel in shim.kernels.items()}
    print(device.name)
    for case in device_cases.cases():
        if any(modules[name] != b"float32" for name, _, _ in case.launches) or case.offsets():
            continue
        here, there = shim.run(case, "usual"), device.run(case, items)
        other = int((here.view(np.int32) != there.view(np.int32)).sum())
        faults += other > 0
        print(f"{case.name:48} {'FAULT' if other else 'ok':5} {other} of {here.size} numbers of "
              "other bits", flush=True)
    return faults


def barriers(sources):
    """Yields a mutant for each barrier: the file, where in it, what replaces it, its name."""
    for name in sorted(os.listdir(os.path.join(sources, "kernels"))):
        if not name.endswith(".h") or name.startswith(("head", "hopper", "tensor_emulation")):
            continue
        text = open(os.path.join(sources, "kernels", name)).read()
        for match in re.finditer(r"BARRIER\(\);", text):
            line = text[:match.start()].count("\n") + 1
            yield name, match.start(), match.end(), ";", f"the barrier of line {line}"


def substitutions(sources):
    """Yields the mutants of device_cases.MUTANTS."""
    for name, before, after in device_cases.MUTANTS:
        text = open(os.path.join(sources, "kernels", name)).read()
        place = text.find(before)
        if place < 0:
            yield name, None, None, after, f"`{before}`: gone from the source"
            continue
        yield name, place, place + len(before), after, f"`{before}` becomes `{after}`"


def mutants(pattern):
    """Breaks the kernels in one place at a time. Returns the number that no check notices."""
    survivors = 0
    print("| kernel file | fault | noticed by |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, start, end, after, what in [*barriers(SOURCES), *substitutions(SOURCES)]:
            if pattern and not re.search(pattern, name + what):
                continue
            tree = os.path.join(folder, "CDevice")
            shutil.rmtree(tree, ignore_errors=True)
            shutil.copytree(SOURCES, tree)
            path = os.path.join(tree, "kernels", name)
            text = open(path).read()
            known = device_cases.REDUNDANT.get((name, what.split(" becomes")[0].strip("`")))
            if start is None:
                seen, lost = "**not made**", True
            else:
                with open(path, "w") as file:
                    file.write(text[:start] + after + text[end:])
                library = build(tree, folder, "-O1")
                if not library:
                    seen, lost = "the compiler", False
                else:
                    seen, lost = noticed(library), False
                    if not seen:
                        seen, lost = known or "**nothing**", not known
            survivors += lost
            print(f"| `{name}` | {what.replace('|', chr(92) + '|')} | {seen} |", flush=True)
    return survivors


def noticed(library):
    """Returns what notices that a library is broken, or None."""
    words = [sys.executable, os.path.abspath(__file__), "check", "--brief", "--library", library]
    try:
        run = subprocess.run(words, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "no end"
    if run.returncode < 0:
        return "a stop"
    return "other numbers" if run.returncode == 1 else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("mode", choices=["check", "opencl", "mutants"])
    parser.add_argument("pattern", nargs="?", help="mutants: only those whose line matches")
    parser.add_argument("--library", help=argparse.SUPPRESS)
    parser.add_argument("--brief", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.mode == "mutants":
        sys.exit(1 if mutants(options.pattern) else 0)
    with tempfile.TemporaryDirectory() as folder:
        library = options.library or build(SOURCES, folder)
        if not library:
            sys.exit(1)
        faults = check(library, options.brief) if options.mode == "check" else opencl(library)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
