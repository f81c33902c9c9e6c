"""Evidence: how each notebook fares with each model, as files, and the page made from them."""
