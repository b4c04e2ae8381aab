"""What the worker calls in this room: documents to render. Registered when imported."""
