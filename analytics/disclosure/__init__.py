"""What may be said: policy, ladder, hold-back, audit."""
