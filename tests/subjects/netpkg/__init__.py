"""A small network package."""
from .layers import Affine, Tanh
from .losses import softmax_cross_entropy
from .network import Network

__all__ = ["Affine", "Tanh", "Network", "softmax_cross_entropy"]
