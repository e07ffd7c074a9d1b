"""Speech without keys and without a network: pocketsphinx and espeak-ng in processes of their own."""
