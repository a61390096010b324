typedef int hf_placeholder_device;
