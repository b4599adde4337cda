"""The proof of content: what files hold, beside what the ETags and checksums of their objects say."""
