typedef int hf_placeholder_deck;
