"""What views of many lines share: growing, wrapping, drawing."""
