"""What is known of Genesys Cloud: regions, addresses and the Embeddable Framework's settings."""
