"""Everything that opens a file or a service: `read_*` functions, one module a format."""
