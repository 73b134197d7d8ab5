"""The catalogue of deliberately bugged backpropagation steps, one family a file."""
