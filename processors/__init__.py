"""Frame in, frame out: one file per box of the pipeline."""
