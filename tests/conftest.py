"""What pytest loads for every test; the fixtures themselves are in `tests.support.fixtures`."""

pytest_plugins = ["tests.support.fixtures"]
