"""What the diagnosis found, on the screen: banner, box, probe, why this mode, and its history."""
