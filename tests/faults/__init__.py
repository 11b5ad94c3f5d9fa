"""What the product must survive: each fault is played to a real server and a real store; ``python -m tests.faults`` does so at length."""
