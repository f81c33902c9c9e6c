"""A real language model, small, on this machine, served by llama.cpp."""
