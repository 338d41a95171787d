"""Checks the kernels of Sources/CDevice outside the program: on the CPU, by OpenCL, and broken.

    python golden/device.py check      # the CPU: both orders of items, against float64
    python golden/device.py opencl     # the same bits by OpenCL, such as PoCL's on a CPU
    python golden/device.py mutants    # breaks a line at a time; prints a table and its sums

`check` and `mutants` need clang and numpy, and take seconds and about ten minutes. `opencl` needs
libOpenCL.so.1 and a device of any kind (Debian: pocl-opencl-icd). Each ends with 0 if all is well,
with 1 otherwise, and with 2 if something is not installed.

device_cases.py, device_products.py and device_head.py have the cases. device_mutants.py has the
faults, and says why some of them change nothing.
"""
import argparse
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import device_cases  # noqa: E402
import device_head  # noqa: E402
import device_mutants  # noqa: E402
import device_products  # noqa: E402

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
        results = {name: np.empty_like(case.arrays[name]) for name in case.outputs}
        for name, result in results.items():
            ctypes.memmove(result.ctypes.data, places[name], result.nbytes)
        for base, size in maps:
            self.system.munmap(ctypes.c_void_p(base), ctypes.c_size_t(size))
        return results

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
        # Without optimisation: the optimiser of PoCL 3.1 breaks head_product_nn_32 and
        # head_small_gradients, whose C runs clean under clang's sanitizer of undefined behaviour.
        options = ("-cl-opt-disable -cl-fp32-correctly-rounded-divide-sqrt "
                   f"-I{os.path.abspath(SOURCES)}").encode()
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
        results = {name: np.empty_like(case.arrays[name]) for name in case.outputs}
        for name, result in results.items():
            self.ok(cl.clEnqueueReadBuffer(
                self.queue, buffers[name], 1, ctypes.c_size_t(0), ctypes.c_size_t(result.nbytes),
                result.ctypes.data_as(ctypes.c_void_p), 0, None, None))
        for buffer in buffers.values():
            cl.clReleaseMemObject(buffer)
        return results


def build(sources, folder, *options):
    """Compiles the kernels for the CPU. Returns the library's path, or None. An index beyond an
    item's own array is a stop."""
    if not shutil.which("clang"):
        stop("clang is not installed")
    host, library = os.path.join(folder, "host.c"), os.path.join(folder, "kernels.so")
    with open(host, "w") as file:
        file.write(HOST)
    run = subprocess.run(
        ["clang", "-O2", *options, "-fsanitize=bounds", "-fsanitize-trap=bounds",
         "-ffp-contract=off", "-std=gnu17", "-w", "-shared", "-fPIC",
         f"-I{sources}", "-o", library, host, f"{sources}/kernels.c", f"{sources}/shim.c",
         "-lpthread", "-lm"], capture_output=True, text=True)
    if run.returncode:
        print(run.stderr[:2000], file=sys.stderr)
        return None
    return library


def cases(pattern):
    """Yields the cases with a kernel whose name matches."""
    head = [device_products, device_head]
    for part in head if pattern.startswith("head_") else [device_cases, *head]:
        for case in part.cases():
            if any(re.search(pattern, kernel) for kernel in case.kernels()):
                yield case


def other_bits(first, second):
    """Returns how many of the 32-bit words of two results differ."""
    return sum(int((first[n].ravel().view(np.int32) != second[n].ravel().view(np.int32)).sum())
               for n in first)


def words(results):
    return sum(result.nbytes // 4 for result in results.values())


def faulty(shim, case, say=None):
    """Runs a case on the CPU. Returns whether it has a fault."""
    usual = shim.run(case, "usual")
    other = sum(other_bits(usual, shim.run(case, order)) for order in ("reversed", "forward"))
    error, well = case.error(usual)
    bad = other > 0 or not well
    if say:
        say(f"{case.name:56} {'FAULT' if bad else 'ok':5} off float64 by {error:.1e}, "
            f"{other} of {2 * words(usual)} words differ")
    return bad


def check(path, pattern):
    """Runs cases on the CPU. Returns the number of faults."""
    shim = Shim(path)
    return sum(faulty(shim, case, print) for case in cases(pattern))


def opencl(path, pattern):
    """Compares OpenCL with the CPU. Returns the number of cases of other bits."""
    shim, device, faults = Shim(path), OpenCL(), 0
    items = {name: kernel.items for name, kernel in shim.kernels.items()}
    modules = {name: kernel.module for name, kernel in shim.kernels.items()}
    print(device.name)
    for case in cases(pattern):
        if any(modules[name] != b"float32" for name in case.kernels()) or case.offsets():
            continue
        here, there = shim.run(case, "usual"), device.run(case, items)
        other = other_bits(here, there)
        faults += other > 0
        print(f"{case.name:56} {'FAULT' if other else 'ok':5} {other} of {words(here)} words "
              "differ", flush=True)
    return faults


def line_of(text, place):
    return text[:place].count("\n") + 1


def systematic(sources):
    """Yields the mutants that are made by rule: the file, where in it, what replaces it, its name.
    Each barrier goes. In the kernels of the head and of Hopper processors each < becomes <=."""
    for name in sorted(os.listdir(os.path.join(sources, "kernels"))):
        if not name.endswith(".h") or name.endswith(("_emulation.h", "_instructions.h")):
            continue
        text = open(os.path.join(sources, "kernels", name)).read()
        code = re.sub(r"//.*", lambda comment: " " * len(comment.group()), text)
        for match in re.finditer(r"BARRIER\(\);|(?:pass|await)_barrier\(.*\);", code):
            yield (name, *match.span(), ";", f"the barrier of line {line_of(text, match.start())}")
        if not name.startswith(("head", "hopper")):
            continue
        for match in re.finditer(r"(\S+) < (\S+)", code):
            yield (name, match.end(1), match.start(2), " <= ",
                   f"`{match.group()}` of line {line_of(text, match.start())} becomes `<=`")


def substitutions(sources):
    """Yields the mutants of device_mutants.MUTANTS."""
    for name, before, after in device_mutants.MUTANTS:
        text = open(os.path.join(sources, "kernels", name)).read()
        place = text.find(before)
        if place < 0:
            yield name, None, None, after, f"`{before}`: gone from the source"
            continue
        yield name, place, place + len(before), after, f"`{before}` becomes `{after}`"


def kernels_of(name, text):
    """Returns a pattern of the kernels that a file takes part in."""
    for start, pattern in device_mutants.KERNELS.items():
        if name.startswith(start):
            return pattern
    return "|".join(f"{kernel}$" for kernel in re.findall(r"KERNEL\(.*\)\s*void (\w+)", text))


def narrow(tree, kernels):
    """Leaves out of a copy of the sources the groups of kernels that no case needs, since most of
    a mutant's time is the compiler's."""
    folder = os.path.join(tree, "kernels")
    kept = []
    for module in ("float32", "head", "tensor", "hopper"):
        path = os.path.join(folder, module + ".def")
        text = open(path).read()
        if kernels & set(re.findall(r"ENTRY\(\w+, (\w+),", text)):
            kept.append(module)
        elif module != "float32":
            open(path, "w").close()
            open(os.path.join(folder, module + ".h"), "w").close()
    if "float32" not in kept:
        with open(os.path.join(folder, "float32.def"), "w") as file:
            file.write('#include "head.def"\n')
        with open(os.path.join(folder, "float32.h"), "w") as file:
            file.write('#include "mathematics.h"\n#include "linear_common.h"\n#include "head.h"\n')


def mutants(pattern):
    """Breaks the kernels in one place at a time. Returns the number that no check notices."""
    count, unused = {}, set(device_mutants.REDUNDANT)
    print("| kernel file | fault | noticed by |\n|---|---|---|")
    every = list(cases(""))
    with tempfile.TemporaryDirectory() as folder:
        for name, start, end, after, what in [*systematic(SOURCES), *substitutions(SOURCES)]:
            if pattern and not re.search(pattern, name + " " + what):
                continue
            tree = os.path.join(folder, "CDevice")
            shutil.rmtree(tree, ignore_errors=True)
            shutil.copytree(SOURCES, tree, ignore=shutil.ignore_patterns("ptx"))
            path = os.path.join(tree, "kernels", name)
            text = open(path).read()
            reason = device_mutants.REDUNDANT.get((name, what))
            if start is None:
                seen, sort = "**not made**", "survived"
            else:
                with open(path, "w") as file:
                    file.write(text[:start] + after + text[end:])
                touched = re.compile(kernels_of(name, text))
                candidates = [c for c in every if any(map(touched.search, c.kernels()))]
                narrow(tree, set().union(*(c.kernels() for c in candidates)))
                library = build(tree, folder, "-O1")
                seen, sort = "the compiler", "noticed"
                if library:
                    seen = noticed(library, candidates)
                if not seen:
                    seen, sort = reason or "**nothing**", "redundant" if reason else "survived"
                    unused.discard((name, what))
            count.setdefault(name, []).append(sort)
            print(f"| `{name}` | {what.replace('|', chr(92) + '|')} | {seen} |", flush=True)
    sorts = ("noticed", "redundant", "survived")
    print(f"\n| kernel file | faults | {' | '.join(sorts)} |\n|---|---|---|---|---|")
    outcomes = [sort for found in count.values() for sort in found]
    for name, found in [*sorted(count.items()), ("all", outcomes)]:
        print(f"| `{name}` | {len(found)} | {' | '.join(str(found.count(s)) for s in sorts)} |")
    for name, what in sorted(unused) if not pattern else []:
        print(f"a reason without its fault: {name}, {what}")
    return outcomes.count("survived") + (0 if pattern else len(unused))


def noticed(library, candidates):
    """Returns what notices that a library is broken, or None."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, 6)
        np.seterr(all="ignore")
        shim = Shim(library)
        os._exit(1 if any(faulty(shim, case) for case in candidates) else 0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "no end" if os.WTERMSIG(status) == signal.SIGPROF else "a stop"
    return "other numbers" if os.WEXITSTATUS(status) else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("mode", choices=["check", "opencl", "mutants"])
    parser.add_argument("pattern", nargs="?", default="",
                        help="only kernels whose name matches; mutants whose file or fault does")
    options = parser.parse_args()
    if options.mode == "mutants":
        sys.exit(1 if mutants(options.pattern) else 0)
    with tempfile.TemporaryDirectory() as folder:
        library = build(SOURCES, folder)
        if not library:
            sys.exit(1)
        faults = (check if options.mode == "check" else opencl)(library, options.pattern)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
