"""A loop inside compiled code, which no guard and no signal reaches."""

print("before")
sum(iter(int, 1))
