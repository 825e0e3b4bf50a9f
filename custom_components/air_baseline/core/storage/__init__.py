"""The stored form of a channel, and its checks."""
