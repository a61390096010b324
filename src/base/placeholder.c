typedef int hf_placeholder_base;
