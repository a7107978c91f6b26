"""Raw mails, each with what it says; the reading was written down before the code read them."""
