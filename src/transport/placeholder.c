typedef int hf_placeholder_transport;
