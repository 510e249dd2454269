"""Pure maths on plain values. No I/O, no clock, no pandas."""
