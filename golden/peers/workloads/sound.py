"""torchaudio, also where its native library does not load."""
import sys
import types


def import_torchaudio():
    """Imports torchaudio; without its native library where that was built for CUDA and CUDA is missing.

    The wheel on PyPI is such a build, and its import fails beside a PyTorch for the CPU. Resampling and mel
    spectrograms are Python over PyTorch's operations and need nothing of that library.
    """
    try:
        import torchaudio
    except OSError as reason:
        print("torchaudio without its native library:", reason, file=sys.stderr)
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        absent = types.ModuleType("torchaudio._extension")
        absent._IS_TORCHAUDIO_EXT_AVAILABLE = False
        absent.fail_if_no_align = lambda function: function
        sys.modules[absent.__name__] = absent
        import torchaudio
    import torchaudio.functional
    import torchaudio.transforms
    return torchaudio
