"""Our .proto files and what protoc made of them; nothing is written by hand but the .proto files."""
