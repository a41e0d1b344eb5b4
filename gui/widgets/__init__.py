"""The widgets that pages and bars are made of."""
