"""Reading a hopfilm run directory and drawing what it holds. Needs numpy, h5py, matplotlib and PyYAML."""
