"""A training loop whose condition never becomes false, and that catches everything."""

error = 1.0
while error > 0:
    try:
        error = error + 1.0
    except BaseException:
        error = 1.0
print("after the loop")
