"""What tests, the demo and the author of another extension want: importable, holds no tests."""
