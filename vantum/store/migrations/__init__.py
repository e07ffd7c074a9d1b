"""The revisions of the schema, in `versions/`, each with the way up and the way down."""
