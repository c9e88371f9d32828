"""What is known of Application Insights: its connection strings and its query API."""
