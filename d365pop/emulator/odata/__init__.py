"""OData as Dataverse speaks it: URLs and query options in, SQL and JSON out."""
