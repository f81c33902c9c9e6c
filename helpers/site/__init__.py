"""The tutorial as a site to read, and as one that runs in a browser tab with nothing installed."""
