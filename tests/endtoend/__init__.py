"""The whole tool, through the public door: a real AWS CLI and a server whose own state is the judge."""
