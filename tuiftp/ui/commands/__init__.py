"""The user's commands: what each is called, its keys and help, and the palette, key bar and help made of them."""
