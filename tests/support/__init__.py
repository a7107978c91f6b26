"""What tests share: peers that behave as the real ones do, and the harness of the stories."""
