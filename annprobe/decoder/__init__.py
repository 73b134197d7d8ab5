"""The decoder: what a wrong gradient computes, stage by stage, from its values alone.

It is asked at several points and answers in the catalogue's words. Where it and the listing, which watches the lines,
say the same, two independent ways lead to one name.
"""
