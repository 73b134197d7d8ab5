"""One Diagnosis in, many formats out. The only room that makes text for people."""
