"""Reading a hopfilm run directory and drawing what it holds. Needs numpy, h5py, matplotlib and PyYAML."""
import os

with open(os.path.join(os.path.dirname(__file__), "version.txt"), encoding="utf-8") as _file:
    __version__ = _file.read().strip()
