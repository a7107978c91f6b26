"""The channel "mail": what comes in, who wrote it, what goes out, and the pages behind links."""
