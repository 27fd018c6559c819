"""Pictures that people take at work: announced by an act, uploaded in pieces, checked, kept apart from the books."""
