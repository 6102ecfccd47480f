"""The settings screen with its form, the keymap and the themes."""
