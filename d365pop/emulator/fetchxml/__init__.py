"""FetchXML: XML in, rows out, with SQL in between."""
