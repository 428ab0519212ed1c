"""Building images from a Dockerfile."""
