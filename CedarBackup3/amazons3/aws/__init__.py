"""All that knows the AWS CLI."""
