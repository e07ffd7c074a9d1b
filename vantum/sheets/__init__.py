"""Lists of prospects as files: CSV and XLSX, read row by row within bounds."""
