"""What a call is: modules with one function, ``build(call)``, that returns a list of processors."""
