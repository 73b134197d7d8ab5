"""What functions change when they are called: found, remembered and put back."""
