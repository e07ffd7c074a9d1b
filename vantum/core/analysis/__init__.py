"""What may be said of a call once it is over: values that the transcript proves, and nothing else."""
