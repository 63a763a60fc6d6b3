"""The client email and notes: chosen from facts by a template or a language model, then checked against them."""
