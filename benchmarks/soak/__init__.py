"""Twenty calls at a time, all the time, with faults: does the server grow, lose a turn or keep a dead call?"""
