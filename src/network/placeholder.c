typedef int hf_placeholder_network;
