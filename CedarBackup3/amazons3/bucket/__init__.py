"""What is in a bucket: objects and versions, page by page."""
