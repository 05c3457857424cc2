"""What is returned or published about the borough: one module a family of files."""
