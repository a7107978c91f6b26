"""What every test shares."""

from hypothesis import settings

# A deadline by the wall clock fails on a busy machine and tells nothing of the code; a failure prints how to repeat it.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
