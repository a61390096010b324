typedef int hf_placeholder_output;
