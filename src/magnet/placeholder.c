typedef int hf_placeholder_magnet;
