"""Answers for assistants and voice: who may hear of what, and what is said to them."""
