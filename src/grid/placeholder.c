typedef int hf_placeholder_grid;
