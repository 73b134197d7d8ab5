"""Making a module train that does not do it by itself: what can be called, with what, in which order."""
