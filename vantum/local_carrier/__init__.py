"""The carrier of a laptop: rings scripted prospects over the code paths of a real one, and calls nobody."""
