"""The tests of tuiftp; they mirror the package."""
