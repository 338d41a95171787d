"""Compiles the kernels of Sources/CDevice to the PTX that the program carries.

    pip install nvidia-cuda-nvrtc-cu12==12.0.140 triton==3.6.0     # about 250 MB; no GPU is needed
    python golden/ptx.py               # writes Sources/CDevice/ptx/*.ptx
    python golden/ptx.py --check       # compares them with the committed ones, writes nothing
    python golden/ptx.py --report      # also prints registers, stack, spills and shared memory

The same sources give the same bytes. The report uses the assembler of the triton package. A kernel
with a stack frame or spilled registers is a fault, because it runs several times slower. So is a
warning that the tensor cores of a Hopper processor have to wait.
Ends with 0, with 1 for a fault or a difference, and with 2 if a package is missing.
"""
import argparse
import ctypes
import glob
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "..", "Sources", "CDevice")
# The oldest processors that the PTX runs on, and those whose machine code is looked at. On the
# oldest, sm_70, one kernel spills 12 registers (head_product_tn_128): it is slower there.
MODULES = {"float32": ("compute_70", ["sm_80", "sm_90"]),
           "tensor": ("compute_80", ["sm_80", "sm_90"]),
           "hopper": ("compute_90a", ["sm_90a"])}
COMPILER = (12, 0)
# No contraction, no denormals as zeros, IEEE division and roots: results have the bits of the CPU.
OPTIONS = ["--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true", "--std=c++17",
           "--device-as-default-execution-space"]


def stop(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def folder(package):
    """Returns the folder of an installed package, or None."""
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return None
    return list(spec.submodule_search_locations)[0] if spec else None


def compiler():
    """Returns NVRTC, of the pinned version."""
    place = folder("nvidia.cuda_nvrtc")
    if not place:
        stop("NVRTC is not installed: pip install nvidia-cuda-nvrtc-cu12==12.0.140")
    for name in sorted(glob.glob(os.path.join(place, "lib", "libnvrtc-builtins.so*"))):
        ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    names = [n for n in glob.glob(os.path.join(place, "lib", "libnvrtc.so*")) if "alt" not in n]
    library = ctypes.CDLL(sorted(names)[0])
    major, minor = ctypes.c_int(), ctypes.c_int()
    library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    if (major.value, minor.value) != COMPILER:
        stop(f"NVRTC is {major.value}.{minor.value}, expected {COMPILER[0]}.{COMPILER[1]}: "
             "pip install nvidia-cuda-nvrtc-cu12==12.0.140")
    return library


def compiled(library, module, architecture):
    """Returns the PTX of a module."""
    source = f'#include "dialect.h"\n#include "kernels/{module}.h"\n'.encode()
    program = ctypes.c_void_p()
    if library.nvrtcCreateProgram(ctypes.byref(program), source, b"kernels.cu", 0, None, None):
        stop("NVRTC cannot create a program")
    words = [f"--gpu-architecture={architecture}", f"-I{SOURCES}"] + OPTIONS
    options = (ctypes.c_char_p * len(words))(*[word.encode() for word in words])
    result = library.nvrtcCompileProgram(program, len(words), options)
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    if log.value.strip():
        print(log.value.decode(), file=sys.stderr)
    if result:
        sys.exit(1)
    library.nvrtcGetPTXSize(program, ctypes.byref(size))
    text = ctypes.create_string_buffer(size.value)
    library.nvrtcGetPTX(program, text)
    return text.value


def report(module, text, architectures):
    """Prints what each kernel takes of a multiprocessor. Returns the number of faults."""
    place = folder("triton")
    if not place:
        stop("the assembler is not installed: pip install triton==3.6.0")
    assembler = os.path.join(place, "backends", "nvidia", "bin", "ptxas")
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, module + ".ptx")
        with open(source, "wb") as file:
            file.write(text)
        for architecture in architectures:
            run = subprocess.run(
                [assembler, "-v", f"-arch={architecture}", source, "-o", source + ".cubin"],
                capture_output=True, text=True)
            if run.returncode:
                print(run.stderr, file=sys.stderr)
                return faults + 1
            # A product that waits for the one before, or registers that are not moved as asked.
            for warning in re.findall(r".*\(C75\d\d\).*", run.stderr):
                print(warning, file=sys.stderr)
                faults += 1
            blocks = re.split(r"Compiling entry function '", run.stderr)[1:]
            for block in sorted(blocks):
                name = block.split("'")[0]
                stack, stores, loads = map(int, re.search(
                    r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads",
                    block).groups())
                registers = int(re.search(r"Used (\d+) registers", block).group(1))
                shared = re.search(r"(\d+) bytes smem", block)
                fault = stack + stores + loads > 0
                faults += fault
                print(f"| {architecture} | {name} | {registers} | {stack} | {stores + loads} "
                      f"| {int(shared.group(1)) if shared else 0} |{' FAULT' if fault else ''}")
    return faults


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--report", action="store_true", help="print registers, stack and spills")
    options = parser.parse_args()
    library = compiler()
    faults = 0
    made = {}
    for module, (architecture, _) in MODULES.items():
        made[module] = text = compiled(library, module, architecture)
        path = os.path.join(SOURCES, "ptx", module + ".ptx")
        print(f"{hashlib.sha256(text).hexdigest()}  Sources/CDevice/ptx/{module}.ptx")
        if not options.check:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(text)
            continue
        committed = b""
        if os.path.exists(path):
            with open(path, "rb") as file:
                committed = file.read()
        if committed != text:
            faults += 1
            print(f"Sources/CDevice/ptx/{module}.ptx is not what the sources give "
                  f"({len(committed)} bytes, expected {len(text)}): run golden/ptx.py",
                  file=sys.stderr)
    if options.report:
        print("| processor | kernel | registers | stack | spills | static shared bytes |")
        print("|---|---|---|---|---|---|")
        faults += sum(report(module, made[module], MODULES[module][1]) for module in made)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
