"""The spam filter: it learns from what moderators decide here, and from nothing else.

It sorts and says why; it deletes nothing. docs/adr/0019 says how it is made and what was measured.
"""
